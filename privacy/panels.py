"""What a room shows on the first page of the admin: lines that lead to the list behind them, steps, drawings.

Each room has a function that makes its panel for one member of staff, or None for who may not see it. The frame knows
them all (customerlabs/desk/).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django_stubs_ext import StrOrPromise

from privacy.charts import Chart
from privacy.clocks import Clock


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a panel, and the list it leads to.

    `rows` are counted by the page, all panels' in one statement, and summed; `told` stands where nothing is counted.
    `waits`: whether any of them asks for somebody.
    """

    label: StrOrPromise
    address: str
    rows: Sequence[QuerySet[Any]] = ()
    told: StrOrPromise = ""
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """What somebody has to do by a day, and how long there is left."""

    on: date
    words: StrOrPromise
    address: str
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`name` is unique on the page. `steps` are the nearest there are; None for what has no date.

    `tallies` are what the drawings need counted, each sliced where counting stops; the page counts them with the lines,
    and `charts` makes the drawings of the numbers.
    """

    name: str
    title: StrOrPromise
    lines: Sequence[Line] = ()
    steps: Sequence[Step] | None = None
    tallies: Mapping[str, QuerySet[Any]] = field(default_factory=dict)
    charts: Callable[[Mapping[str, int]], Sequence[Chart]] = lambda counted: ()


def sees(user: Any, model: type[Model]) -> bool:
    """Whether this member of staff may look at that table."""
    return bool(user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def list_of(model: type[Model], query: str = "") -> str:
    """The address of a table's list in the admin, narrowed by a query."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{query}" if query else address
