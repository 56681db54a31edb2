"""A requester's own short session: who came by a link of theirs sees one request, for half an hour.

It stands in Django's session under a key of its own, with an end of its own, so that a colleague who follows a request
in the browser they work with stays signed in.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from privacy.links.pages import token_page
from privacy.rights.models import RightsRequest

KEY = "rights_request"
LIFE = timedelta(minutes=30)
"""Without a step; each one begins it anew."""


def enter(http: HttpRequest, request: RightsRequest) -> None:
    """Open the page of this request to this browser, under a new session number."""
    http.session.cycle_key()
    _write(http, request.pk, timezone.now())


def leave(http: HttpRequest) -> None:
    """Close it again; nothing of it stays, and a colleague's own session goes on."""
    http.session.pop(KEY, None)
    if not http.session.keys():
        http.session.flush()


def request_followed(http: HttpRequest) -> RightsRequest | None:
    """The request this browser may see now; None without a live session."""
    held = http.session.get(KEY)
    if held is None:
        return None
    now = timezone.now()
    until: datetime | None = parse_datetime(held["until"])
    request = RightsRequest.objects.filter(pk=held["request"]).first() if until and now < until else None
    if request is None:
        leave(http)
    else:
        _write(http, request.pk, now)
    return request


def requester_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one requester: the view gets their request; who has no live session is shown how to come back.

    What they had typed is shown to them, so that a long message is not lost with the session.
    """

    @wraps(view)
    def served(http: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        request = request_followed(http)
        if request is None:
            return render(http, "privacy/rights/ended.html", {"typed": http.POST.get("message", "")}, status=403)
        return view(http, request, *args, **kwargs)

    return token_page(served)


def _write(http: HttpRequest, pk: int, now: datetime) -> None:
    http.session[KEY] = {"request": pk, "until": (now + LIFE).isoformat()}
    if http.session.get("_auth_user_id") is None:
        http.session.set_expiry(int(LIFE.total_seconds()))
