"""What a worker may carry out: a request that was granted, whose file is still there."""

from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn


def granted(request_pk: int) -> RightsRequest:
    """Raises MovedOn when it is not, or not any more. Whether another worker is quicker shows when it is closed."""
    request = RightsRequest.objects.select_related("file").filter(pk=request_pk, state=State.GRANTED).first()
    if request is None or not hasattr(request, "file"):
        raise MovedOn
    return request
