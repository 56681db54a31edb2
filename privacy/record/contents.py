"""What the record and the policy's tables say, read from the declarations at the moment they are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from privacy.declarations import Activity, LegalBasis, PersonalData, Retention, Then
from privacy.periods import Period
from privacy.registry import Registry, column_of, registry


@dataclass(frozen=True)
class Kept:
    """One clock of one table, as section 8 prints it. `period` is None where the clock is itself the end."""

    activity: str
    what: str
    clock: str
    period: Period | None
    anonymised: bool


@dataclass(frozen=True)
class Held:
    """One table, as section 2 prints it: what it is and which columns are about a person."""

    what: str
    columns: list[str]


def activities(among: Registry = registry) -> list[Activity]:
    """Each once: first what visitors agree to, then what the site needs to keep its word."""
    told = [*(table.activity for table in _tables(among)), *(outside.activity for outside in among.outside)]
    return list({activity.name: activity for activity in told}.values())


def held_for(activity: Activity, among: Registry = registry) -> list[Held]:
    in_tables = [
        Held(_named(table), [_column(table, name) for name in table.fields if not _is_link(table, name)])
        for table in _tables(among)
        if table.activity.name == activity.name and not table.model._meta.auto_created
    ]
    outside = [one for one in among.outside if one.activity.name == activity.name]
    return in_tables + [Held(str(one.what), [str(column) for column in one.columns]) for one in outside]


def provided(among: Registry = registry) -> list[str]:
    """What the forms of this site ask of a person (P2.1), in the form's order."""
    names = [_column(table, name) for table in _tables(among) for name in table.fields if name in _given(table)]
    return list(dict.fromkeys(names))


def kept(among: Registry = registry) -> Iterator[Kept]:
    """Every period after which something goes (P8.0): by the purge, or outside the database by whoever makes it."""
    for table in _tables(among):
        for rule in table.rules:
            period = rule.keep()
            yield Kept(
                activity=table.activity.name,
                what=_named(table),
                clock=_clock(table, rule),
                period=None if period == Period() else period,
                anonymised=rule.then is Then.ANONYMISE,
            )
    for one in among.outside:
        yield Kept(one.activity.name, str(one.what), str(one.clock), one.keep(), anonymised=False)


def _tables(among: Registry) -> list[PersonalData]:
    in_use = [table for table in among.tables() if table.activity.in_use()]
    return sorted(in_use, key=lambda table: table.activity.basis is not LegalBasis.CONSENT)


def _given(table: PersonalData) -> set[str]:
    return set(table.provided_by_subject)


def _named(table: PersonalData) -> str:
    return capfirst(str(table.model._meta.verbose_name_plural))


def _column(table: PersonalData, name: str) -> str:
    return str(getattr(column_of(table.model, name), "verbose_name", name))


def _clock(table: PersonalData, rule: Retention) -> str:
    return _column(table, rule.clock)


def _is_link(table: PersonalData, name: str) -> Any:
    return column_of(table.model, name).is_relation
