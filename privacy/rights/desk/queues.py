"""The views of the officer's queue: each is a condition that an index answers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from privacy.rights.deadlines import paris_day
from privacy.rights.kinds import CLOSED, State
from privacy.rights.models import RightsRequest

OPEN = (State.UNPROVED, State.OPEN, State.DOUBT, State.GRANTED)
"""All that is not closed, written out as the index of legal dates has it."""


@dataclass(frozen=True)
class View:
    label: StrOrPromise
    condition: Callable[[], Q]


def late() -> Q:
    """Not closed, and the legal date is over; those whose clock stands apart."""
    return Q(state__in=OPEN, paused_at=None, due_on__lt=paris_day(timezone.now()))


def running() -> QuerySet[RightsRequest]:
    """Those whose clock runs."""
    return RightsRequest.objects.filter(state__in=OPEN, paused_at=None)


VIEWS = {
    "open": View(_("to be handled"), lambda: Q(state__in=[State.OPEN, State.DOUBT, State.GRANTED])),
    "late": View(_("legal date is past"), late),
    "unproved": View(_("address not proved yet"), lambda: Q(state=State.UNPROVED)),
    "doubt": View(_("identity in doubt"), lambda: Q(state=State.DOUBT)),
    "closed": View(pgettext_lazy("rights requests", "closed"), lambda: Q(state__in=sorted(CLOSED))),
    "all": View(pgettext_lazy("rights requests", "all"), Q),
}
