"""The officer is reminded of a legal date ten and three days before it, and on the day itself."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.officer import remind, to_officer
from privacy.rights.desk.clock import clock_of
from privacy.rights.desk.queues import running
from privacy.rights.kinds import CLOSED
from privacy.rights.models import RightsRequest

DAYS = (10, 3, 0)


def remind_officer() -> int:
    """Queue a reminder for each request that has come that close; once for each step. Returns how many."""
    today = timezone.localdate()
    steps = {days: Q(due_on__lte=today + timedelta(days=days)) for days in DAYS}
    return remind(running().order_by("due_on", "pk"), steps, OFFICER_REMINDER, warned="warned")


def compose(request: RightsRequest) -> Message | None:
    """None for what was closed meanwhile."""
    if request.state in CLOSED:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        words = clock_of(request).words
    return to_officer("privacy/letters/rights/officer.txt", request, request=request, words=words)


OFFICER_REMINDER = LetterKind(name="privacy.rights-officer", model=RightsRequest, compose=compose)

register_letter(OFFICER_REMINDER)
