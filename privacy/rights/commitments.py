"""What is promised about rights requests, and how the live data shows it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.rights.deadlines import paris_day
from privacy.rights.desk.queues import running
from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest

CARRIED_OUT_WITHIN = timedelta(days=1)
"""A worker begins within a minute; whatever is still waiting after a day has stuck."""


def answers_overdue(now: datetime) -> Finding:
    return none_of(running().filter(due_on__lt=paris_day(now)))


def granted_and_stuck(now: datetime) -> Finding:
    return none_of(RightsRequest.objects.filter(state=State.GRANTED, decided_at__lt=now - CARRIED_OUT_WITHIN))


register_commitments(
    Commitment(
        name="rights-in-time",
        promises=("P6.1", "P3.4"),
        said=_("Everybody who uses a right is answered by the date the law sets."),
        checked=_("Counts requests still open whose legal date is over, those whose clock stands apart."),
        found=ngettext_lazy("%(number)d answer overdue", "%(number)d answers overdue", "number"),
        check=answers_overdue,
    ),
    Commitment(
        name="rights-carried-out",
        promises=("P5.1", "P5.3"),
        said=_("What was granted is carried out within a day."),
        checked=_("Counts requests granted more than a day ago and not carried out."),
        found=ngettext_lazy("%(number)d request not carried out", "%(number)d requests not carried out", "number"),
        check=granted_and_stuck,
    ),
)
