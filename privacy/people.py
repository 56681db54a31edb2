"""Writing to everybody whose data is held: who they are, and where each can be reached today."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db.models import F, QuerySet, Value

from privacy.declarations import Person, PersonalData
from privacy.prepared import asked, text_of
from privacy.registry import Registry, registry
from privacy.subjects import subject_key, subject_keys

CHUNK = 1000


@dataclass(frozen=True)
class Somebody:
    """One row of a declared table, as a reference that holds no address: the table's label and the row's number."""

    table: str
    row: int
    subject_key: str


@dataclass(frozen=True)
class Reach:
    """Where to write, as typed, and in which language."""

    address: str
    language: str


def everybody(among: Registry = registry) -> Iterator[list[Somebody]]:
    """Whoever can be written to, a thousand rows at a time in bounded memory; somebody with more rows comes again."""
    for table, person in _with_addresses(among):
        last = 0
        while chunk := _after(table, person, last):
            last = chunk[-1].row
            yield chunk


def reach(somebody: Somebody, among: Registry = registry) -> Reach | None:
    """Where this person is reached now: by their row, or by another of theirs. None when nothing is held any more."""
    for table, _ in _with_addresses(among):
        if table.label == somebody.table:
            for address, language in asked(_one_row(table.label, among), [somebody.row]):
                if somebody.subject_key in subject_keys(address):
                    return Reach(address, language or settings.LANGUAGE_CODE)
    for table, person in _with_addresses(among):
        if person.key:
            found = _first(
                _tellable(table, person).filter(**{person.key: somebody.subject_key}).order_by("-pk"), person
            )
            if found is not None:
                return found
    return None


def _with_addresses(among: Registry) -> Iterator[tuple[PersonalData, Person]]:
    for table in among.tables():
        if table.person is not None and table.person.address:
            yield table, table.person


def _tellable(table: PersonalData, person: Person) -> QuerySet[Any]:
    return table.model._base_manager.filter(person.told).exclude(**{person.address: ""})


@lru_cache(maxsize=64)
def _one_row(label: str, among: Registry) -> str:
    """The statement that finds where a row of this table is reached: thousands are told of one change."""
    table, person = next(pair for pair in _with_addresses(among) if pair[0].label == label)
    language = F(person.language) if person.language else Value("")
    rows = _tellable(table, person).values("pk", where=F(person.address), how=language)
    try:
        return f'SELECT "where", how FROM ({text_of(rows)}) AS rows WHERE pk = %s'  # noqa: S608  (our own query)
    except EmptyResultSet:  # Nobody of this table may be told.
        return "SELECT '', '' WHERE %s IS NULL"


def _after(table: PersonalData, person: Person, last: int) -> list[Somebody]:
    columns = ("pk", person.key or person.address)
    rows = _tellable(table, person).filter(pk__gt=last).order_by("pk").values_list(*columns)[:CHUNK]
    return [Somebody(table.label, pk, value if person.key else subject_key(value)) for pk, value in rows]


def _first(rows: QuerySet[Any], person: Person) -> Reach | None:
    found = rows.values(*filter(None, (person.address, person.language))).first()
    if found is None:
        return None
    return Reach(found[person.address], found.get(person.language) or settings.LANGUAGE_CODE)
