"""Choices about cookies, on the first page of the admin."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cookies.choice import today
from cookies.models import ChoiceEvent, RefusalCount
from privacy.charts import Chart, Series, in_full, in_short, last_months
from privacy.panels import Line, Panel, list_of, sees

MOST = 10_000
"""Agreements that the drawing counts a month, by an index; refusals are sums of days."""
LATELY = 30


def panel(user: Any) -> Panel | None:
    if not sees(user, ChoiceEvent):
        return None
    months = last_months(today())
    lately = timezone.now() - timedelta(days=LATELY)
    return Panel(
        name="cookies",
        title=_("Cookies, in the last %(days)d days") % {"days": LATELY},
        lines=[
            _line(_("Agreements"), ChoiceEvent.Kind.ACCEPTED, lately),
            _line(_("Agreements taken back"), ChoiceEvent.Kind.WITHDRAWN, lately),
        ],
        tallies={str(month): _accepted_in(month)[: MOST + 1] for month in months},
        charts=lambda counted: [choices_by_month(months, counted)],
    )


def _line(label: str, kind: ChoiceEvent.Kind, since: datetime) -> Line:
    rows = ChoiceEvent.objects.filter(kind=kind, at__gte=since).order_by("kind", "-at")
    return Line(label=label, address=list_of(ChoiceEvent, f"kind__exact={kind.value}"), rows=[rows])


def choices_by_month(months: Sequence[date], accepted: Mapping[str, int]) -> Chart:
    refused: Counter[str] = Counter()
    for day, number in RefusalCount.objects.filter(day__gte=months[0]).values_list("day", "count"):
        refused[str(day.replace(day=1))] += number
    return Chart(
        name="cookie-choices",
        title=_("Choices about cookies, by month"),
        over=_("month"),
        labels=in_full(months),
        short=in_short(months),
        series=[
            Series(_("agreed to something"), [accepted[str(month)] for month in months]),
            Series(_("refused all"), [refused[str(month)] for month in months]),
        ],
        nothing=_("No visitor has made a choice in the last twelve months, or nothing was asked."),
        most=MOST,
    )


def _accepted_in(month: date) -> QuerySet[ChoiceEvent]:
    zone = ZoneInfo(settings.TIME_ZONE)
    first, next_first = (datetime.combine(day, time.min, zone) for day in (month, month + relativedelta(months=1)))
    accepted = ChoiceEvent.objects.filter(kind=ChoiceEvent.Kind.ACCEPTED, at__gte=first, at__lt=next_first)
    return accepted.order_by("kind", "at")
