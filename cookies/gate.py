"""The door: no cookie leaves that is undeclared, not agreed to or too long-lived, whatever code set it (P8.3, P11.6).

Outermost of all middleware, so that it sees what the others set, on pages, files, streams and errors alike.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.cookies import Morsel

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from cookies.choice import COOKIE, Standing, read_standing, today, was_read
from cookies.models import StoppedCookie
from privacy.counting import add
from privacy.periods import THIRTEEN_MONTHS
from privacy.registry import registry
from privacy.trackers import Storage, Tracker

logger = logging.getLogger(__name__)

Reason = StoppedCookie.Reason


class CookieStoppedError(Exception):
    """A mistake in the code that set it: declare the tracker, or ask for consent (settings.COOKIES_STRICT)."""


class CookieGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if was_read(request):
            response.headers["Vary"] = and_on_the_choice(response.headers.get("Vary"))
            if request.COOKIES:
                self._speak_to(request, response)
        if response.cookies or "Set-Cookie" in response.headers:
            for name, reason in take_out(response, read_standing(request)):
                report(name, reason)
        return response

    def _speak_to(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """An answer to a browser that holds cookies, about those."""
        delete_trackers(response, presented_without_agreement(request, read_standing(request)))
        if request.COOKIES.keys() & ours() and "no-store" not in response.headers.get("Cache-Control", ""):
            # It speaks to this browser alone, and to the choice as it stands today.
            response.headers["Cache-Control"] = "private, no-cache"


@lru_cache(maxsize=64)
def and_on_the_choice(vary: str | None) -> str:
    """This Vary header, with what a choice depends on. The few there are come again on every page."""
    answer = HttpResponse(headers={"Vary": vary} if vary else None)
    patch_vary_headers(answer, ("Cookie", "Sec-GPC"))
    return answer.headers["Vary"]


def take_out(response: HttpResponseBase, standing: Standing) -> list[tuple[str, Reason]]:
    """Remove what may not leave, from Django's cookies and from a header set by hand; each with the reason."""
    stopped = []
    for key, morsel in list(response.cookies.items()):
        reason = reason_to_stop(morsel.key, morsel.value, attributes_of(morsel), standing)
        if reason is not None:
            del response.cookies[key]
            stopped.append((morsel.key, reason))
    by_hand = response.headers.get("Set-Cookie")
    if by_hand is not None:
        name, value, attributes = parsed(by_hand)
        reason = reason_to_stop(name, value, attributes, standing)
        if reason is not None:
            del response.headers["Set-Cookie"]
            stopped.append((name, reason))
    return stopped


def reason_to_stop(name: str, value: str, attributes: dict[str, str], standing: Standing) -> Reason | None:
    """Why this cookie may not leave; None when it may. Deleting one always may."""
    life = life_of(attributes)
    if not value.strip('"') and life is not None and life <= timedelta(0):
        return None
    tracker = next((found for found in registry.all_trackers if found.name == name), None)
    if tracker is None or tracker.storage is not Storage.COOKIE:
        return Reason.UNDECLARED
    if not standing.allows(tracker.purpose):
        return Reason.REFUSED
    if life is not None and (tracker.life is None or life > min(tracker.life, THIRTEEN_MONTHS)):
        return Reason.TOO_LONG
    place = (attributes.get("path") or "", (attributes.get("domain") or "").lstrip("."))
    return None if place in tracker.places else Reason.ELSEWHERE


def life_of(attributes: dict[str, str]) -> timedelta | None:
    """As browsers count it: Max-Age before Expires, None for the browser's session; what can't be read is for ever."""
    try:
        if attributes.get("max-age"):
            return timedelta(seconds=int(attributes["max-age"]))
        if attributes.get("expires"):
            ends = parsedate_to_datetime(attributes["expires"].replace("-", " "))
            return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) - now()
    except (ValueError, OverflowError):
        return timedelta.max
    return None


def now() -> datetime:
    return timezone.now()


def attributes_of(morsel: "Morsel[str]") -> dict[str, str]:
    return {name: str(value) for name, value in morsel.items() if value != ""}


def parsed(header: str) -> tuple[str, str, dict[str, str]]:
    """The name, the value and the attributes of one Set-Cookie header."""
    first, *rest = header.split(";")
    name, _, value = first.partition("=")
    pairs = (part.partition("=") for part in rest)
    return name.strip(), value.strip(), {key.strip().lower(): said.strip() for key, _, said in pairs}


def report(name: str, reason: Reason) -> None:
    """Say it aloud while developing and testing; in earnest, log it without the value and count it by day."""
    told = re.sub(r"[^\w!#$%&'*+.^`|~-]", "?", name, flags=re.ASCII)[:60]
    if settings.COOKIES_STRICT:
        raise CookieStoppedError(f"The cookie {told} may not leave: {reason.label}.")
    logger.error("The cookie %s was stopped: %s", told, reason.value)
    try:
        add(StoppedCookie, {"day": today(), "reason": reason.value}, count=1)
    except DatabaseError:
        logger.warning("A stopped cookie was not counted.")


def ours() -> set[str]:
    """The names that make a page one visitor's: the choice, and what needs it."""
    return {COOKIE, *(tracker.name for tracker in trackers_without(frozenset()))}


def presented_without_agreement(request: HttpRequest, standing: Standing) -> list[Tracker]:
    """What a browser still has though the agreement ended: withdrawn elsewhere, run out, or asked anew."""
    return [
        tracker
        for tracker in registry.all_trackers
        if tracker.name in request.COOKIES and not standing.allows(tracker.purpose)
    ]


def trackers_without(accepted: frozenset[str]) -> list[Tracker]:
    """Those of all purposes that are neither necessary nor among these."""
    return [
        tracker
        for tracker in registry.all_trackers
        if not tracker.purpose.is_necessary and tracker.purpose.name not in accepted
    ]


def delete_trackers(response: HttpResponseBase, trackers: list[Tracker]) -> None:
    """Delete each on every path and domain it may have been set on, in this response (P11.9)."""
    for tracker in trackers:
        if tracker.storage is Storage.COOKIE:
            for morsel in deletions(tracker):
                response.cookies[f"{morsel.key};{morsel['path']};{morsel['domain']}"] = morsel
        else:
            response.headers["Clear-Site-Data"] = '"storage"'  # Both kinds at once: there is no finer word.


def deletions(tracker: Tracker) -> "Iterator[Morsel[str]]":
    for path, domain in tracker.places:
        morsel: Morsel[str] = Morsel()
        morsel.set(tracker.name, "", '""')
        morsel.update({"path": path, "domain": domain, "max-age": "0", "expires": "Thu, 01 Jan 1970 00:00:00 GMT"})
        yield morsel
