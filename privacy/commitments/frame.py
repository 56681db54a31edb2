"""What a commitment is. An app adds its own in its `commitments.py`; privacy knows none of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from privacy.promises import PROMISES

MOST = 1000
"""Counting stops there, so that a check's time does not grow with what is wrong."""
NAME = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found: whether the promise is kept, and the evidence, a number or a date. Nothing about anybody.

    `number` is counted up to MOST. `where` names tables, rules or settings, never a row, or says more in the site's
    language: staff read it, the public page does not show it.
    """

    kept: bool
    number: int | None = None
    on: datetime | None = None
    where: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """One promise, or one side of it, that the live data can show.

    - `promises`: ids of privacy/promises.py; the page shows it under the first.
    - `said`: what is promised, and `checked`: how that is looked into, for anybody to read.
    - `found`: the words around the figure, with %(number)d (an ngettext_lazy on "number") or %(on)s.
    - `check(now)` only reads, in a few statements whose time does not grow with the tables; it runs in a transaction of
      its own that is read-only and limited in time. An exception counts as not kept.
    """

    name: str
    promises: tuple[str, ...]
    said: StrOrPromise
    checked: StrOrPromise
    found: StrOrPromise
    check: Callable[[datetime], Finding]

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"“{self.name}” is no name for a commitment: small letters, digits, dots and hyphens.")
        if not self.promises:
            raise ValueError(f"The commitment {self.name} keeps no promise.")
        for promise in self.promises:
            if promise not in PROMISES:
                raise ValueError(f"The commitment {self.name} keeps {promise}, which nobody promised.")

    @property
    def section(self) -> int:
        """The section of the policy it stands under."""
        return PROMISES[self.promises[0]].section

    def figure(self, number: int | None, on: datetime | None) -> str:
        """The evidence in the reader's words: “0 letters late”, “last run on 3 May 2026 03:00”."""
        if number is None and on is None:
            return ""
        told = str(self.found % {"number": number, "on": on and formats.date_format(timezone.localtime(on), DATE)})
        return _("at least %(figure)s") % {"figure": told} if number is not None and number >= MOST else told


DATE = "DATETIME_FORMAT"

_commitments: dict[str, Commitment] = {}


def register_commitments(*commitments: Commitment) -> None:
    """Raises ValueError when a name is taken."""
    for commitment in commitments:
        if commitment.name in _commitments:
            raise ValueError(f"The commitment {commitment.name} is registered twice.")
        _commitments[commitment.name] = commitment


def is_registered(name: str) -> bool:
    return name in _commitments


def all_commitments() -> list[Commitment]:
    """In the order of the promises they keep."""
    order = list(PROMISES)
    return sorted(_commitments.values(), key=lambda commitment: order.index(commitment.promises[0]))


def none_of(rows: QuerySet[Any], *, where: Sequence[str] = ()) -> Finding:
    """Kept when there is no such row; otherwise how many there are, up to MOST."""
    number = rows.order_by()[:MOST].count()
    return Finding(kept=number == 0, number=number, where=where if number else ())


def nothing_in(faults: Sequence[str]) -> Finding:
    """Kept when this list of tables, rules or settings at fault is empty."""
    return Finding(kept=not faults, number=min(len(faults), MOST), where=tuple(faults[:MOST]))
