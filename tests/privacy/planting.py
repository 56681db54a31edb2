"""Rows made from the declarations alone, so that a table declared tomorrow is tested like those of today."""

import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    EmailField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TextField,
    UUIDField,
)
from phonenumber_field.modelfields import PhoneNumberField

from privacy.declarations import PersonalData, Retention
from privacy.erasers import DeleteLinked
from privacy.registry import registry, target_of
from privacy.subjects import subject_key

NUMBERS = itertools.count(1)
DISTINCT = len("canary000001")
"""Characters without which a value may stand in somebody else's row too."""
PLANTED = datetime(2026, 2, 17, 13, 46, 29, 123456, UTC)
"""An instant that stands out in a table."""


@dataclass
class Canary:
    """A person whose every planted value can be searched for."""

    address: str
    traces: set[str] = field(default_factory=set)

    @classmethod
    def new(cls) -> "Canary":
        number = next(NUMBERS)
        address = f"canary{number:06}@nest{number:06}.example"
        return cls(address, {address, subject_key(address)})

    def plant_everywhere(self) -> None:
        """A row in each declared table that can tell whose its rows are."""
        for table in tables_of_somebody():
            self.plant(table)

    def plant(self, table: PersonalData, **given: Any) -> Any:
        """One saved row of this table about this person; `given` columns as they are."""
        values: dict[str, Any] = {}
        for column in table.model._meta.local_concrete_fields:
            if column.name not in given and not self._is_automatic(column):
                values |= self._value(table, column)
        row = table.model(**values, **given)
        row.save()
        return row

    def _value(self, table: PersonalData, column: "Field[Any, Any]") -> dict[str, Any]:
        personal = column.name in table.fields
        if not personal and (column.has_default() or column.null or column.blank) and column.name != table.part_of:
            return {}  # The table's own default.
        if column.null and column.name in {rule.clock for rule in table.also}:
            return {}  # Set on the rows that end sooner than others.
        if table.person and column.name == table.person.key:
            return {column.name: subject_key(self.address)}
        if table.person and column.name == table.person.address:
            return {column.name: self.address}
        if isinstance(column, ForeignKey):
            theirs = column.name == table.part_of or isinstance(table.fields.get(column.name), DeleteLinked)
            owner = self if theirs else Canary.new()
            through = f"{column.name}__"  # What the row rests on has not ended, where that would end the row too.
            clocks = [rule.clock.removeprefix(through) for rule in table.also if rule.clock.startswith(through)]
            whole = registry.declared(target_of(table.model, column.name))
            if column.unique and clocks_through(column.name, table.rules) and isinstance(whole, PersonalData):
                return {column.name: self.plant(whole)}  # Two halves of one thing, and so of one person.
            return {column.name: owner.plant_or_find(target_of(table.model, column.name), **dict.fromkeys(clocks))}
        value = self._words(column)
        if personal and isinstance(value, str) and len(value) >= DISTINCT:
            self.traces.add(value)
        return {column.name: value}

    def plant_or_find(self, model: type[Model], **given: Any) -> Any:
        """A row of any table: one of this person where there may be one, otherwise any."""
        declaration = registry.declared(model)
        if isinstance(declaration, PersonalData):
            theirs = registry.rows_in(declaration, self.address)
            found = theirs.first() if theirs is not None else None
            return found or _lasting(declaration, self.plant(declaration, **given))
        existing = model._base_manager.first()
        return existing or model._base_manager.create(
            **{
                column.name: self._words(column)
                for column in model._meta.local_concrete_fields
                if not column.primary_key and not isinstance(column, ForeignKey)
            }
        )

    def _words(self, column: "Field[Any, Any]") -> Any:
        number = next(NUMBERS)
        if column.name == "language":
            return "fr"
        if column.choices:
            return next(value for value, _ in column.flatchoices)
        if isinstance(column, PhoneNumberField):
            return f"+3361{number:07}"
        if isinstance(column, EmailField):
            return f"canary{number:06}@nest.example"
        if isinstance(column, CharField | TextField):
            return f"canary{number:06}words"[: column.max_length]
        if isinstance(column, DateTimeField):
            return PLANTED
        if isinstance(column, DateField):
            return PLANTED.date() + timedelta(days=number)
        if isinstance(column, BooleanField):
            return True
        if isinstance(column, BinaryField):
            return f"canary{number:06}".encode()
        if isinstance(column, UUIDField):
            return uuid.uuid4()
        if isinstance(column, JSONField):
            return {}
        if isinstance(column, BinaryField):
            return b"sealed"
        if isinstance(column, IntegerField | FloatField):
            return number
        raise NotImplementedError(f"Say here what to plant in {column}.")

    @staticmethod
    def _is_automatic(column: "Field[Any, Any]") -> bool:
        return column.primary_key and (column.has_default() or not isinstance(column, CharField))


def clocks_through(name: str, rules: Iterable[Retention]) -> bool:
    """Whether a row ends by a date of the one that this foreign key leads to."""
    return any(rule.clock.startswith(f"{name}__") for rule in rules)


def _lasting(table: PersonalData, row: Any) -> Any:
    """What this row rests on has not ended, so that its parts don't end with it."""
    for rule in table.rules:
        through, _, column = rule.clock.rpartition("__")
        if through:
            carrier = getattr(row, through)
            type(carrier)._base_manager.filter(pk=carrier.pk).update(**{column: None})
    return row


def tables_of_somebody() -> list[PersonalData]:
    """The declared tables that can tell whose a row is."""
    return [table for table in registry.tables() if registry.rows_in(table, "nobody@example.com") is not None]


def database(*, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Every row of every table as PostgreSQL writes it, but those of the tables `without`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name FROM information_schema.tables
               WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"""
        )
        for (name,) in cursor.fetchall():
            if name not in without:
                cursor.execute(f'SELECT written::text FROM "{name}" AS written ORDER BY 1')  # noqa: S608
                yield from (f"{name} {row}" for (row,) in cursor.fetchall())


RUNS = ("privacy_retentionrun", "privacy_retentioncount", "privacy_auditentry", "privacy_audithead")
"""Where a purge leaves what it did, even when nothing was due."""


def found_in_database(traces: set[str]) -> list[str]:
    """The rows that still hold one of these, in upper or lower case."""
    sought = [trace.casefold() for trace in traces]
    return [row for row in database() if any(trace in row.casefold() for trace in sought)]
