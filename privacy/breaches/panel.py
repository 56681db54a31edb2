"""Breaches on the first page: those that run, and the dates the law or the CNIL has set."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.breaches.clock import clock_of
from privacy.breaches.models import Breach
from privacy.clocks import clock_until
from privacy.panels import Line, Panel, Step, list_of, sees
from privacy.rights.deadlines import paris_day


def panel(user: Any) -> Panel | None:
    if not sees(user, Breach):
        return None
    running = Breach.objects.filter(closed_at=None).order_by("aware_at")
    dated = Breach.objects.filter(Q(closed_at=None) | Q(answer_by__isnull=False)).order_by("aware_at")
    unsettled = Breach.objects.unsettled().order_by("aware_at")
    return Panel(
        name="breaches",
        title=_("Breaches of personal data"),
        steps=[step for breach in dated for step in _steps(breach)],
        lines=[
            Line(
                label=_("Neither notified nor decided"),
                address=list_of(Breach, "state=unsettled"),
                rows=[unsettled],
                waits=True,
            ),
            Line(label=_("Not closed"), address=list_of(Breach, "state=open"), rows=[running]),
        ],
    )


def _steps(breach: Breach) -> list[Step]:
    """There are few at once: each that is not closed, or of which the CNIL asks more, is looked at."""
    page = reverse("admin:privacy_breach_change", args=[breach.pk])
    steps = []
    if not breach.is_settled:
        words = _("notify the CNIL of the breach %(number)d, or decide not to") % {"number": breach.pk}
        steps.append(
            Step(on=paris_day(breach.due_at), words=words, address=page, clock=clock_of(breach, timezone.now()))
        )
    if breach.answer_by is not None:
        words = _("answer the CNIL about the breach %(number)d") % {"number": breach.pk}
        steps.append(Step(on=breach.answer_by, words=words, address=page, clock=clock_until(breach.answer_by)))
    return steps
