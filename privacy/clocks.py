"""How long there is left, in plain words: what the clocks of rights requests, breaches and reviews all show."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.rights.deadlines import days_left

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


def clock_until(day: date, now: datetime | None = None) -> Clock:
    """How long there is left until the end of a day in Paris."""
    left = days_left(day, now or timezone.now())
    if left < 0:
        return Clock(ngettext("%(number)d day late", "%(number)d days late", -left) % {"number": -left}, "late")
    if left == 0:
        return Clock(_("today is the last day"), "today")
    words = ngettext("%(number)d day left", "%(number)d days left", left) % {"number": left}
    return Clock(words, "soon" if left <= SOON else "near" if left <= NEAR else "calm")
