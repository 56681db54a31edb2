"""The legal clock in plain words, for the queue and the page of a request (GDPR Art. 12(3))."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.rights.deadlines import days_left, explain
from privacy.rights.kinds import CLOSED, State
from privacy.rights.models import RightsRequest

SOON = 3
NEAR = 10


@dataclass(frozen=True)
class Clock:
    """`words` say it all; `urgency` only adds a colour and a sign: late, today, soon, near, calm, still or closed."""

    words: str
    urgency: str

    @property
    def sign(self) -> str:
        return {"late": "!!", "today": "!!", "soon": "!", "still": "❚❚"}.get(self.urgency, "")


def clock_of(request: RightsRequest, now: datetime | None = None) -> Clock:
    if request.state in CLOSED:
        return Clock(_("closed"), "closed")
    if request.paused_at is not None:
        return Clock(_("stands: identity in doubt"), "still")
    return clock_until(request.due_on, now)


def clock_until(day: date, now: datetime | None = None) -> Clock:
    """How long there is left until the end of a day in Paris."""
    left = days_left(day, now or timezone.now())
    if left < 0:
        return Clock(ngettext("%(number)d day late", "%(number)d days late", -left) % {"number": -left}, "late")
    if left == 0:
        return Clock(_("today is the last day"), "today")
    words = ngettext("%(number)d day left", "%(number)d days left", left) % {"number": left}
    return Clock(words, "soon" if left <= SOON else "near" if left <= NEAR else "calm")


def why(request: RightsRequest) -> list[str]:
    """Why the legal date is what it is, sentence by sentence, in the reader's language."""
    sentences = explain(request.received_at, extended=request.extended_at is not None, paused_days=request.paused_days)
    if request.paused_at is not None and request.state == State.DOUBT:
        sentences.append(_("The clock stands until identity is decided; the days it stands are added then."))
    return sentences
