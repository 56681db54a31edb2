"""A month of visits as a drawing: made on the server, without a script or a style of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum

from cookies.audience.models import AudienceCount
from cookies.choice import today

DAYS = 30
HEIGHT, STEP, BAR = 160, 24, 16
"""In units of the drawing."""
MOST_LINES = 20


@dataclass(frozen=True)
class Bar:
    """One day, and where its bar stands; `label` where there is room to write the day under it."""

    day: date
    views: int
    visits: int
    x: int
    height: int
    height_of_visits: int
    label: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def y_of_visits(self) -> int:
        return HEIGHT - self.height_of_visits

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    highest: int

    height: int = HEIGHT
    bar: int = BAR

    @property
    def width(self) -> int:
        return len(self.bars) * STEP

    @property
    def views(self) -> int:
        return sum(bar.views for bar in self.bars)

    @property
    def visits(self) -> int:
        return sum(bar.visits for bar in self.bars)


def last_days() -> Chart:
    """The last thirty days, today among them; days without a view too."""
    since = today() - timedelta(days=DAYS - 1)
    counted = counts_since(since).values("day").annotate(views_of=Sum("views"), visits_of=Sum("visits"))
    by_day = {row["day"]: (row["views_of"], row["visits_of"]) for row in counted.order_by("day")}
    highest = max((views for views, _ in by_day.values()), default=0)
    return Chart(list(_bars(since, by_day, highest or 1)), highest)


def _bars(since: date, by_day: dict[date, tuple[int, int]], highest: int) -> Iterator[Bar]:
    for number in range(DAYS):
        day = since + timedelta(days=number)
        views, visits = by_day.get(day, (0, 0))
        yield Bar(
            day=day,
            views=views,
            visits=visits,
            x=number * STEP + (STEP - BAR) // 2,
            height=views * HEIGHT // highest,
            height_of_visits=visits * HEIGHT // highest,
            label=number % 7 == DAYS % 7 - 1 or number == DAYS - 1,
        )


def most(column: str) -> list[dict[str, Any]]:
    """The pages, languages or sites with the most views of these days."""
    counted = counts_since(today() - timedelta(days=DAYS - 1)).exclude(**{column: ""})
    summed = counted.values(name=F(column)).annotate(views_of=Sum("views"), visits_of=Sum("visits"))
    return [dict(row) for row in summed.order_by("-views_of", "name")[:MOST_LINES]]


def counts_since(day: date) -> QuerySet[AudienceCount]:
    return AudienceCount.objects.filter(day__gte=day)
