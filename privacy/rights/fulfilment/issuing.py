"""Making a result again, for who was away while it could be fetched."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from privacy.audit.services import Action, record
from privacy.rights.fulfilment import access, portability
from privacy.rights.fulfilment.letters import queue_result, queue_transfer
from privacy.rights.fulfilment.models import Result
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseEvent, CaseFile, RightsRequest
from privacy.rights.states import MovedOn, add_event, locked

AGAIN = (Right.ACCESS, Right.PORTABILITY)
"""Rights that end with a file."""


def can_be_issued_again(request: RightsRequest) -> bool:
    return request.state == State.DONE and request.right in AGAIN and request.content is not None


def issue_again(request_pk: int, *, by: int | None = None, seen: int | None = None) -> list[Result]:
    """What is held now, made anew for another settings.RESULT_LIFE, and its letters queued.

    Raises MovedOn when the request was not carried out, has no result by its nature, its file is gone, or it is of
    another version than `seen`.
    """
    with transaction.atomic():
        request = locked(request_pk, among=[State.DONE], seen=seen)
        file = CaseFile.objects.filter(request=request).select_related("request").first()
        if file is None or request.right not in AGAIN:
            raise MovedOn
        made = [access.make(file)] if request.right == Right.ACCESS else portability.make(file)
        with translation.override(request.language):
            add_event(request, CaseEvent.Kind.NOTED, by=by, note=_("The result was made again."))
        record(Action.CHANGED, request, by=by, details=("made again",))
        for result in made:
            if result.recipient is None:
                queue_result(result)
            else:
                queue_transfer(result)
    return made
