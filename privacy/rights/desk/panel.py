"""What the officer's first page says of rights requests: the next legal dates, what waits, two drawings."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, IntegerField, Q, When
from django.db.models.functions import TruncDate, TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.charts import Chart, Series, in_full, in_short, last_months
from privacy.panels import Line, Panel, Step, list_of, sees
from privacy.rights.deadlines import PARIS, paris_day
from privacy.rights.desk.clock import clock_of
from privacy.rights.desk.queues import VIEWS, running
from privacy.rights.kinds import ANSWERED, Right
from privacy.rights.models import RightsRequest

NEXT = 3
DAYS = (7, 14, 21, 30, 60, 90)
"""Where the bars of the drawing of delays end; one more is for all that took longer."""


def panel(user: Any) -> Panel | None:
    if not sees(user, RightsRequest):
        return None
    now = timezone.now()
    return Panel(
        name="rights",
        title=_("Rights requests"),
        steps=[_step(request, now) for request in running().order_by("due_on", "pk")[:NEXT]],
        lines=[
            _line(_("Legal date is past"), "late", waits=True),
            _line(_("To be handled"), "open"),
            _line(_("Identity in doubt, the clock stands"), "doubt"),
            _line(_("Address not proved yet"), "unproved"),
        ],
        charts=lambda counted: _charts(now),
    )


def _line(label: str, view: str, *, waits: bool = False) -> Line:
    rows = RightsRequest.objects.filter(VIEWS[view].condition()).order_by("due_on", "pk")
    return Line(label=label, address=list_of(RightsRequest, f"view={view}"), rows=[rows], waits=waits)


def _step(request: RightsRequest, now: datetime) -> Step:
    return Step(
        on=request.due_on,
        words=f"{request.get_right_display()}, {request.reference} – {request.get_state_display()}",
        address=reverse("admin:privacy_rightsrequest_change", args=[request.pk]),
        clock=clock_of(request, now),
    )


def _charts(now: datetime) -> list[Chart]:
    """Of what was received in the last twelve months: one query for both."""
    months = last_months(paris_day(now))
    began = datetime(months[0].year, months[0].month, 1, tzinfo=PARIS)
    received = RightsRequest.objects.filter(received_at__gte=began).annotate(
        month=TruncMonth("received_at", tzinfo=PARIS),
        took=ExpressionWrapper(F("closed_at") - F("received_at"), output_field=DurationField()),
        answered_on=TruncDate("closed_at", tzinfo=PARIS),
    )
    counted = received.values(
        "month",
        "right",
        within=Case(
            When(~Q(state__in=ANSWERED), then=None),
            *(When(took__lte=timedelta(days=most), then=most) for most in DAYS),
            default=0,
            output_field=IntegerField(),
        ),
        is_late=Case(When(answered_on__gt=F("due_on"), then=1), default=0, output_field=IntegerField()),
    ).annotate(number=Count("pk"))
    by_month: Counter[tuple[str, Any]] = Counter()
    delays: Counter[tuple[int, int]] = Counter()
    for row in counted.order_by():
        by_month[row["right"], row["month"].date()] += row["number"]
        if row["within"] is not None:
            delays[row["within"], row["is_late"]] += row["number"]
    asked = [right for right in Right if any(by_month[right, month] for month in months)]
    return [
        Chart(
            name="rights-by-month",
            title=_("Requests received, by right and month"),
            over=_("month"),
            labels=in_full(months),
            short=in_short(months),
            series=[Series(right.label, [by_month[right, month] for month in months]) for right in asked],
            nothing=_("Nobody has used a right in the last twelve months."),
        ),
        Chart(
            name="time-to-answer",
            title=_("Days taken to answer what was received in these twelve months"),
            over=_("days"),
            labels=[
                *(_("%(days)d at most") % {"days": most} for most in DAYS),
                _("more than %(days)d") % {"days": DAYS[-1]},
            ],
            short=[*(f"≤ {most}" for most in DAYS), f"> {DAYS[-1]}"],
            series=[
                Series(_("by the legal date"), [delays[most, 0] for most in (*DAYS, 0)]),
                Series(_("after the legal date"), [delays[most, 1] for most in (*DAYS, 0)]),
            ],
            nothing=_("None was answered yet."),
        ),
    ]
