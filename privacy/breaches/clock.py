"""The 72 hours in plain words (GDPR Art. 33(1)): hours that pass, whatever day it is and whatever the clocks do."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.breaches.models import Breach, Decision
from privacy.clocks import Clock

HOUR = timedelta(hours=1)
SOON = 24
NEAR = 48


def clock_of(breach: Breach, now: datetime | None = None) -> Clock:
    if breach.notify == Decision.NO:
        return Clock(_("not to be notified"), "closed")
    if breach.notified_at is not None:
        return _notified(breach.notified_at - breach.due_at)
    left = breach.due_at - (now or timezone.now())
    if left < timedelta(0):
        return Clock(_late(-left), "late")
    hours = left // HOUR
    if not hours:
        return Clock(_("less than an hour left"), "today")
    words = ngettext("%(number)d hour left", "%(number)d hours left", hours) % {"number": hours}
    return Clock(words, "soon" if hours < SOON else "near" if hours < NEAR else "calm")


def _notified(over: timedelta) -> Clock:
    if over <= timedelta(0):
        return Clock(_("notified in time"), "closed")
    return Clock(_("notified %(late)s") % {"late": _late(over)}, "closed")


def _late(over: timedelta) -> str:
    hours = over // HOUR
    if not hours:
        return _("less than an hour late")
    return ngettext("%(number)d hour late", "%(number)d hours late", hours) % {"number": hours}
