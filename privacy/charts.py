"""Bars drawn by the server: SVG without a script or a style of its own, and a table that says the same.

Only numbers, dates and words of ours stand in a drawing, nothing that somebody typed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from babel.dates import format_date
from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

HEIGHT, WIDTH, STEP = 160, 360, 30
"""In units of the drawing: a dozen bars fill it, fewer stand wider apart, more make it wider."""
MOST_DRAWN = 6
"""More kinds than that can't be told apart: the smallest are drawn as one. The table has them all."""


class Series(NamedTuple):
    """One kind of what is counted: as many values as the chart has labels."""

    name: StrOrPromise
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


class Piece(NamedTuple):
    """A part of a bar: of which kind, counted from 1, how many, and where it stands."""

    kind: int
    value: int
    y: int
    height: int


class Bar(NamedTuple):
    label: str
    short: str
    x: int
    middle: int
    pieces: list[Piece]

    @property
    def total(self) -> int:
        return sum(piece.value for piece in self.pieces)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A bar for each label, made of its series one on top of the other.

    `name` is unique on the page. `over` is the heading of the labels. `short` are those under the bars, empty where
    there is no room. `nothing` is said instead of a drawing without a bar. `most` is where the counts were cut off.
    """

    name: str
    title: StrOrPromise
    over: StrOrPromise
    labels: Sequence[str]
    short: Sequence[str]
    series: Sequence[Series]
    nothing: StrOrPromise
    most: int = 0

    height = HEIGHT

    @property
    def step(self) -> int:
        return max(STEP, WIDTH // len(self.labels))

    @property
    def bar(self) -> int:
        """How wide one is."""
        return self.step * 2 // 3

    @property
    def total(self) -> int:
        return sum(series.total for series in self.series)

    @property
    def is_empty(self) -> bool:
        return not self.total

    @property
    def is_cut_off(self) -> bool:
        return bool(self.most) and any(value > self.most for series in self.series for value in series.values)

    @property
    def width(self) -> int:
        return len(self.labels) * self.step

    @property
    def highest(self) -> int:
        """The number at the top of the scale."""
        return max((sum(values) for values in zip(*(series.values for series in self.series), strict=True)), default=0)

    @property
    def drawn(self) -> list[Series]:
        """The series as they are drawn and named beside the drawing."""
        if len(self.series) <= MOST_DRAWN:
            return list(self.series)
        chosen = sorted(self.series, key=lambda series: -series.total)[: MOST_DRAWN - 1]
        others = [series for series in self.series if series not in chosen]
        rest = [sum(values) for values in zip(*(series.values for series in others), strict=True)]
        return [*(series for series in self.series if series in chosen), Series(_("others"), rest)]

    @property
    def bars(self) -> Iterator[Bar]:
        scale, drawn = self.highest or 1, self.drawn
        for number, (label, short) in enumerate(zip(self.labels, self.short, strict=True)):
            pieces, below = [], 0
            for kind, series in enumerate(drawn, start=1):
                value = series.values[number]
                foot, top = below * HEIGHT // scale, (below + value) * HEIGHT // scale
                pieces.append(Piece(kind, value, HEIGHT - top, top - foot))
                below += value
            begin = number * self.step
            yield Bar(label, short, begin + (self.step - self.bar) // 2, begin + self.step // 2, pieces)

    @property
    def rows(self) -> Iterator[tuple[str, list[int], int]]:
        """The table: each label with the value of each series, and their sum."""
        for number, label in enumerate(self.labels):
            values = [series.values[number] for series in self.series]
            yield label, values, sum(values)


def last_months(today: date, number: int = 12) -> list[date]:
    """The first days of that many months, this month being the last."""
    this = today.replace(day=1)
    return [this - relativedelta(months=back) for back in reversed(range(number))]


def in_full(months: Sequence[date]) -> list[str]:
    """“November 2026”."""
    return [date_format(month, "F Y") for month in months]


def in_short(months: Sequence[date]) -> list[str]:
    """“Nov”, “nov.”, as each language shortens them; Django's own French has “Jui” and “Jul”."""
    return [format_date(month, "LLL", locale=get_language() or "en") for month in months]
