from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from cookies.audience.counting import COOKIE, count_view, read_visits
from cookies.catalogue import AUDIENCE
from cookies.choice import standing_of
from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, wait_in_turn
from privacy.same_origin import is_from_this_site

VIEWS_BY_CLIENT = Limit(name="cookies.audience.client", most=300, window=timedelta(hours=1))
VIEWS_OF_THE_SITE = Limit(name="cookies.audience.site", most=50_000, window=timedelta(hours=1))


@csrf_exempt
def count(request: HttpRequest) -> HttpResponse:
    """One view, told by the script that only those who agreed have in their pages."""
    if not is_from_this_site(request) or not standing_of(request).allows(AUDIENCE):
        raise PermissionDenied(_("Only visitors who agreed are counted."))
    answer = HttpResponse(status=204)
    if wait_in_turn((VIEWS_BY_CLIENT, client_of(request)), (VIEWS_OF_THE_SITE, "site")):
        return answer
    visits = count_view(
        request.POST.get("page", ""), request.POST.get("from", ""), read_visits(request.COOKIES.get(COOKIE, ""))
    )
    if visits is not None:
        visits.put(answer)
    return answer
