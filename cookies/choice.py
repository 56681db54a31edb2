"""A visitor's choice, as their browser keeps it in one cookie, and where they stand without one (P11.1 to P11.5).

The cookie holds one yes or no for each purpose, the day, what was asked, and for an agreement the number of its proof:
`1.4f0c9d27ab31.2026-11-23.K7M2-P9QX-4DTR-8HWA.audience:1`. A refusal has 0 instead of a number, so that those who
refuse are not told apart. It is not signed: it says what its holder wants, and they may want what they like.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from cookies.catalogue import fingerprint, optional
from privacy.pages import pages_depend_on
from privacy.trackers import TrackerPurpose

COOKIE = "eu-consent"
"""The name that CNIL 2020-092 suggests."""
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Those that are not mistaken for one another when a number is read out."""
WRITTEN = re.compile(
    r"(?P<version>1g?)\.(?P<asked>[0-9a-f]{12})\.(?P<day>\d{4}-\d\d-\d\d)"
    rf"\.(?P<number>0|[{LETTERS}]{{4}}(?:-[{LETTERS}]{{4}}){{3}})(?P<answers>(?:\.[a-z]{{1,20}}:[01]){{0,20}})",
    re.ASCII,
)
SESSION_LIMIT = timedelta(days=182)
"""Browsers may keep a session's cookies for ever; the choice ends all the same."""


def today() -> date:
    return timezone.localdate()


def new_number() -> str:
    """80 bits nobody can guess, in a form that can be quoted."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`asked` is the fingerprint of what was asked; `despite_signal`, whether GPC was on when the visitor chose."""

    day: date
    asked: str
    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    number: str = ""
    despite_signal: bool = False

    @property
    def ends_on(self) -> date | None:
        """The last day it holds; None when it ends with the browser's session."""
        life: timedelta | None = settings.COOKIE_CHOICE_LIFE
        return self.day + life if life else None

    @property
    def is_current(self) -> bool:
        """Whether it answers what is asked today, and is not over."""
        last = self.ends_on or self.day + SESSION_LIMIT
        return self.asked == fingerprint() and self.day <= today() <= last

    def written(self) -> str:
        answers = [f".{name}:{int(name in self.accepted)}" for name in sorted(self.accepted | self.refused)]
        version = "1g" if self.despite_signal else "1"
        return f"{version}.{self.asked}.{self.day}.{self.number or '0'}{''.join(answers)}"


def read_choice(written: str) -> Choice | None:
    """The choice in a cookie, current or not; None for what was not written here."""
    found = WRITTEN.fullmatch(written)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["day"])
        _ = day + timedelta(days=366)
    except (ValueError, OverflowError):
        return None
    pairs = [answer.split(":") for answer in found["answers"].split(".") if answer]
    accepted = frozenset(name for name, yes in pairs if yes == "1")
    refused = frozenset(name for name, yes in pairs if yes == "0")
    number = "" if found["number"] == "0" else found["number"]
    if accepted & refused or bool(accepted) != bool(number):
        return None
    return Choice(
        day=day,
        asked=found["asked"],
        accepted=accepted,
        refused=refused,
        number=number,
        despite_signal=found["version"] == "1g",
    )


def put(choice: Choice, response: HttpResponseBase) -> None:
    """Leave it in the browser, as long for a refusal as for an agreement.

    Scripts may read it: that is how the page of another tab, or one come back to, knows that its banner is answered.
    """
    response.set_cookie(
        COOKIE, choice.written(), max_age=settings.COOKIE_CHOICE_LIFE, secure=settings.HTTPS, samesite="Lax"
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a visitor stands: `choice` is one that holds, `earlier` what their cookie says, holding or not."""

    choice: Choice | None
    earlier: Choice | None
    signal: bool

    @property
    def is_asked(self) -> bool:
        return self.choice is None and not self.signal

    @property
    def refuses_by_signal(self) -> bool:
        return self.choice is None and self.signal

    def allows(self, purpose: TrackerPurpose) -> bool:
        """Necessary, or agreed to. Saying nothing is refusing (P11.5)."""
        if purpose.is_necessary or self.choice is None:
            return purpose.is_necessary
        return purpose.in_use() and purpose.name in self.choice.accepted


NONE: frozenset[str] = frozenset()
NOTHING_SAID = {signal: Standing(choice=None, earlier=None, signal=signal) for signal in (False, True)}
"""Where nearly everybody stands: they have not chosen."""


def standing_of(request: HttpRequest) -> Standing:
    """Read once a request. From then on the answer depends on it, and the gate says so to caches."""
    found = getattr(request, "cookie_standing", None)
    if isinstance(found, Standing):
        return found
    standing = read_standing(request)
    request.cookie_standing = standing  # type: ignore[attr-defined]
    return standing


@pages_depend_on
def _what_pages_show(request: HttpRequest) -> tuple[bool, bool, frozenset[str]]:
    """The banner or none, that the browser's signal was heard, and what is agreed to."""
    standing = standing_of(request)
    allowed = frozenset(purpose.name for purpose in optional() if standing.allows(purpose)) if standing.choice else NONE
    return standing.is_asked, standing.refuses_by_signal, allowed


def was_read(request: HttpRequest) -> bool:
    return hasattr(request, "cookie_standing")


def read_standing(request: HttpRequest) -> Standing:
    """`Sec-GPC: 1` refuses, unless the visitor chose while it was on: the later of the two counts."""
    signal = request.META.get("HTTP_SEC_GPC") == "1"
    written = request.COOKIES.get(COOKIE)
    if not written:
        return NOTHING_SAID[signal]
    earlier = read_choice(written)
    holds = earlier is not None and earlier.is_current
    if earlier is not None and earlier.accepted and signal and not earlier.despite_signal:
        holds = False
    return Standing(choice=earlier if holds else None, earlier=earlier, signal=signal)


def end_of(choice: Choice, now: datetime) -> datetime:
    """When a choice made now is over. One that lasts a session ends nobody knows when: it counts from now."""
    life: timedelta | None = settings.COOKIE_CHOICE_LIFE
    return now + life if life else now


def answered(accepted: frozenset[str], *, despite_signal: bool) -> Choice:
    """A choice made today: what is not accepted is refused."""
    names = frozenset(purpose.name for purpose in optional())
    return Choice(
        day=today(),
        asked=fingerprint(),
        accepted=accepted & names,
        refused=names - accepted,
        number=new_number() if accepted & names else "",
        despite_signal=despite_signal,
    )
