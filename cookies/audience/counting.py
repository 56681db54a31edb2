"""Counting one view. The browser keeps two days and nothing else: of the first visit, and of the last."""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language_from_path, override

from cookies.audience.models import LONGEST_HOST, LONGEST_PAGE, AudienceCount
from cookies.choice import today
from privacy.counting import add
from privacy.periods import THIRTEEN_MONTHS

COOKIE = "audience"
HOST = re.compile(r"(?!.*\.\.)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", re.ASCII)


@dataclass(frozen=True)
class Visits:
    """What the tracker holds: `2026-11-23.2026-12-04`."""

    first: date
    last: date

    def written(self) -> str:
        return f"{self.first}.{self.last}"

    def put(self, response: HttpResponseBase) -> None:
        """Thirteen months from the first visit, however often one comes back."""
        left = self.first + THIRTEEN_MONTHS - today()
        response.set_cookie(COOKIE, self.written(), max_age=left, secure=settings.HTTPS, httponly=True, samesite="Lax")


def read_visits(written: str) -> Visits | None:
    """What a browser sent; None for what was not written here, or is over."""
    try:
        first, last = (date.fromisoformat(day) for day in written.split("."))
    except ValueError:
        return None
    return Visits(first, last) if first <= last <= today() < first + THIRTEEN_MONTHS else None


def count_view(page: str, came_from: str, visits: Visits | None) -> Visits | None:
    """Count a page of ours that has the same address for everybody; None when this is not one."""
    language = language_of(page)
    if language is None:
        return None
    add(
        AudienceCount,
        {"day": today(), "page": page, "language": language, "referrer": host_of(came_from)},
        once={"began_at": timezone.now()},
        views=1,
        visits=int(visits is None or visits.last < today()),
    )
    return Visits(visits.first if visits else today(), today())


def language_of(page: str) -> str | None:
    """The language of a public page; None for other addresses, and for those that hold a word of somebody's own."""
    language = get_language_from_path(page)
    if language is None or len(page) > LONGEST_PAGE:
        return None
    with override(language):
        try:
            found = resolve(page)
        except Resolver404:
            return None
    return None if found.kwargs or found.args else language


def host_of(came_from: str) -> str:
    """A host name, or nothing for what is none."""
    host = came_from.strip().lower()
    return host if len(host) <= LONGEST_HOST and HOST.fullmatch(host) else ""
