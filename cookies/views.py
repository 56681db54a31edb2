import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from cookies import banner, catalogue
from cookies.choice import Choice, Standing, answered, put, standing_of, today
from cookies.gate import delete_trackers, trackers_without
from cookies.models import RefusalCount
from cookies.services import record_choice
from privacy.counting import add
from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, wait_in_turn
from privacy.registry import registry
from privacy.same_origin import is_from_this_site, own_address

logger = logging.getLogger(__name__)


def manage(request: HttpRequest) -> HttpResponse:
    """The visitor's choice, all that may be left in their browser, and how to take the choice back (P11.8, P11.9)."""
    return _page(request)


@csrf_exempt
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice, withdraw one, and go back to the page it was made on.

    The request's origin stands in for a CSRF token: a token would put a cookie on every page. A refusal is always
    taken; an agreement only to what was shown, and not by the hundred.
    """
    if not is_from_this_site(request):
        raise PermissionDenied("Only this site's own pages make a choice.")
    accepted = _accepted(request.POST)
    standing = standing_of(request)
    if accepted and request.POST.get("catalogue") != banner.shown().mark:
        return _page(request, status=409, has_changed=True)
    if accepted and (wait := _too_many(request)):
        response = _page(request, status=429, retry_after=wait)
        response["Retry-After"] = str(wait)
        return response
    choice = _recorded(accepted, standing)
    if not choice.number and not (standing.earlier and standing.earlier.number):
        _count_refusal(request)
    response = HttpResponseRedirect(own_address(request.POST.get("next", ""), otherwise=reverse("cookies:manage")))
    put(choice, response)
    if standing.earlier is not None:
        delete_trackers(response, trackers_without(choice.accepted))
    return response


def _accepted(posted: QueryDict) -> frozenset[str]:
    """The purposes a form agrees to. Raises BadRequest for what none of our buttons sends."""
    optional = frozenset(purpose.name for purpose in catalogue.optional())
    answers = {"all": optional, "none": frozenset[str](), "these": frozenset(posted.getlist("purpose")) & optional}
    answer = answers.get(posted.get("choice", ""))
    if answer is None:
        raise BadRequest("No such choice.")
    return answer


def _too_many(request: HttpRequest) -> int:
    """The seconds to wait when choices come by the hundred, from one client or from all; otherwise 0."""
    window = settings.LIMIT_WINDOW
    return wait_in_turn(
        (Limit(name="cookies.client", most=settings.COOKIE_LIMIT_CLIENT, window=window), client_of(request)),
        (Limit(name="cookies.site", most=settings.COOKIE_LIMIT_SITE, window=window), "site"),
    )


def _recorded(accepted: frozenset[str], standing: Standing) -> Choice:
    """An agreement needs its proof. A withdrawal holds without one: it may be made at any moment (P11.9)."""
    try:
        return record_choice(
            accepted, earlier=standing.earlier, language=get_language() or "", despite_signal=standing.signal
        )
    except DatabaseError:
        if accepted:
            raise
        logger.exception("A withdrawal was carried out, but not recorded.")
        return answered(accepted, despite_signal=standing.signal)


def _count_refusal(request: HttpRequest) -> None:
    """A refusal holds without the database; it is not counted then."""
    try:
        if not _too_many(request):
            add(RefusalCount, {"day": today()}, count=1)
    except DatabaseError:
        logger.warning("A refusal was kept, but not counted.")


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        **banner.context_of_questions(),
        "standing": standing_of(request),
        "mark": banner.shown().mark,
        "trackers": registry.trackers,
        "here": request.path if request.method in ("GET", "HEAD") else reverse("cookies:manage"),
        "asks_here": True,
    }
    return render(request, "cookies/manage.html", context, status=status)
