"""Whether what the purge should have taken is gone (P8.0, P8.4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q
from django.utils.functional import lazystr
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from privacy.commitments.frame import MOST, Commitment, Finding, is_registered, none_of, register_commitments
from privacy.declarations import PersonalData, Retention
from privacy.erasers import ToMonth
from privacy.periods import Period
from privacy.registry import Registry, column_of, registry
from privacy.retention.engine import Rule
from privacy.retention.models import RetentionRun
from privacy.templatetags.privacy import in_words

GRACE = timedelta(hours=30)
"""The purge runs once a night: a row may wait a day for it, and then for the run itself."""


def kept_in_time(model: type[Model], *promises: str, among: Registry = registry) -> Commitment:
    """The commitment that no row of a declared table outlives its period. Raises TypeError for a table without one."""
    table = among.declared(model)
    if not isinstance(table, PersonalData) or not table.rules:
        raise TypeError(f"{model._meta.label} has no retention rule to watch.")
    return Commitment(
        name=f"in-time.{table.label}",
        promises=promises or ("P8.0", "P8.4"),
        said=lazystr(_Said(table)),
        checked=lazystr(_Checked(table)),
        found=ngettext_lazy("%(number)d entry left over", "%(number)d entries left over", "number"),
        check=_Overdue(table),
    )


def watch_every_table(among: Registry = registry) -> None:
    """One commitment for each declared table that keeps to a period, unless an app has made it its own."""
    for table in among.tables():
        if table.rules and not is_registered(f"in-time.{table.label}"):
            register_commitments(kept_in_time(table.model, among=among))


class _OfTable:
    def __init__(self, table: PersonalData) -> None:
        self.table = table


class _Overdue(_OfTable):
    def __call__(self, now: datetime) -> Finding:
        """By the engine's own rules, each found by the index of its clock."""
        number, where = 0, []
        for retention in self.table.rules:
            rule = Rule(self.table, retention)
            late = none_of(rule.expired(now - GRACE)).number or 0
            number += late
            where += [rule.label] if late else []
        return Finding(kept=not number, number=min(number, MOST), where=where)


class _Said(_OfTable):
    def __str__(self) -> str:
        named = capfirst(str(self.table.model._meta.verbose_name_plural))
        return _("%(what)s: none is kept past its time.") % {"what": named}


class _Checked(_OfTable):
    def __str__(self) -> str:
        times = "; ".join(_time(self.table, retention) for retention in self.table.rules)
        return _("%(times)s. Counts what the nightly purge should have taken a day ago, by the purge’s own rule.") % {
            "times": capfirst(times)
        }


def _time(table: PersonalData, retention: Retention) -> str:
    clock = str(getattr(column_of(table.model, retention.clock), "verbose_name", retention.clock))
    period = retention.keep()
    if period == Period():
        return _("the date “%(clock)s”") % {"clock": clock}
    return _("%(period)s from the date “%(clock)s”") % {"period": in_words(period), "clock": clock}


def nothing_personal_left(now: datetime) -> Finding:
    """Emptied rows, and the parts of them, whose personal columns are not empty.

    It reads emptied rows to the end when all is well; nothing else about them needs an index.
    """
    number, where = 0, []
    for label, model, emptied, left in _emptied(registry):
        found = none_of(model._base_manager.filter(emptied).filter(left)).number or 0
        number += found
        where += [label] if found else []
    return Finding(kept=not number, number=min(number, MOST), where=where)


def _emptied(among: Registry) -> Iterator[tuple[str, type[Model], Q, Q]]:
    """Each table with emptied rows: which rows these are, and what would be left in them."""
    for table in among.tables():
        if table.anonymised and isinstance(table.retention, Retention):
            yield table.label, table.model, Q(**{table.retention.mark: True}), _left(table)
            for part in among.parts_of(table.model):
                # A part is deleted with its whole, unless it is emptied too.
                still = _left(part) if part.anonymised else Q()
                yield part.label, part.model, Q(**{f"{part.part_of}__{table.retention.mark}": True}), still


def _left(table: PersonalData) -> Q:
    left = Q()
    for name, eraser in table.fields.items():
        column = column_of(table.model, name)
        empty: Any = eraser.emptied(column)
        if isinstance(eraser, ToMonth):
            left |= Q(**{f"{name}__isnull": False}) & ~Q(**{name: empty})
        elif column.null:
            left |= Q(**{f"{name}__isnull": False})
        else:
            left |= ~Q(**{name: empty})
    return left


def last_purge(now: datetime) -> Finding:
    """The last purge that ended, less than GRACE ago and with every rule carried out."""
    last = RetentionRun.purges().first()
    if last is None or last.finished_at is None:
        return Finding(kept=_is_new(now))
    failed = list(last.counts.exclude(error="").values_list("rule", flat=True))
    done = last.outcome == RetentionRun.Outcome.DONE
    return Finding(kept=done and abs(now - last.finished_at) < GRACE, on=last.finished_at, where=failed)


def _is_new(now: datetime) -> bool:
    """Whether no night has passed yet since the database was made."""
    from privacy.commitments.standing import site_began

    began = site_began()
    return began is not None and began > now - GRACE


EMPTIED = Commitment(
    name="emptied-rows",
    promises=("P8.4",),
    said=gettext_lazy("What is anonymised leads back to nobody: no name, no address, no hash, no exact date."),
    checked=gettext_lazy("Reads every anonymised entry and counts those with anything left in a personal column."),
    found=ngettext_lazy("%(number)d entry not empty", "%(number)d entries not empty", "number"),
    check=nothing_personal_left,
)
PURGE = Commitment(
    name="nightly-purge",
    promises=("P8.4", "P8.0"),
    said=gettext_lazy("Every night, what has come to its end is deleted or anonymised."),
    checked=gettext_lazy(
        "Reads the record of the last purge: it ended a day ago at most, give or take a few hours, and no rule failed."
    ),
    found=gettext_lazy("last purge on %(on)s"),
    check=last_purge,
)
