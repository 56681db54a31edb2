"""A month of visits: a drawing by day, and what is read most."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cookies.audience.models import AudienceCount
from cookies.choice import today
from privacy.charts import Chart, Series

DAYS = 30
MOST_LINES = 20


def last_days() -> Chart:
    """The last thirty days, today among them; days without a view too."""
    days = [today() - timedelta(days=back) for back in reversed(range(DAYS))]
    counted = counts_since(days[0]).values("day").annotate(views_of=Sum("views"), visits_of=Sum("visits"))
    views, visits = {}, {}
    for row in counted.order_by("day"):
        views[row["day"]], visits[row["day"]] = row["views_of"], row["visits_of"]
    with_room = {days[number] for number in range(DAYS - 1, 0, -7)}
    return Chart(
        name="audience",
        title=_("Views by day: visits, and further views in the same browser"),
        over=_("day"),
        labels=[date_format(day, "SHORT_DATE_FORMAT") for day in days],
        short=[date_format(day, "d/m") if day in with_room else "" for day in days],
        series=[
            Series(_("visits: the first view of a day in a browser"), [visits.get(day, 0) for day in days]),
            Series(_("further views"), [views.get(day, 0) - visits.get(day, 0) for day in days]),
        ],
        nothing=_("Nobody was counted in the last thirty days."),
    )


def most(column: str) -> list[dict[str, Any]]:
    """The pages, languages or sites with the most views of these days."""
    counted = counts_since(today() - timedelta(days=DAYS - 1)).exclude(**{column: ""})
    summed = counted.values(name=F(column)).annotate(views_of=Sum("views"), visits_of=Sum("visits"))
    return [dict(row) for row in summed.order_by("-views_of", "name")[:MOST_LINES]]


def counts_since(day: date) -> QuerySet[AudienceCount]:
    return AudienceCount.objects.filter(day__gte=day)
