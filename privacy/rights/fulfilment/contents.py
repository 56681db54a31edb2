"""What a copy says of each row: read from the declarations, without what is staff's, and as the officer left the texts.

Rows are read in chunks and handed on one by one, so a person with a hundred thousand of them costs no more memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import BinaryField, Field, ForeignKey, Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from privacy.declarations import PersonalData
from privacy.registry import Registry, column_of, registry
from privacy.rights.fulfilment.models import Redaction
from privacy.rights.models import CaseFile

CHUNK = 1000
AnyField = Field[Any, Any]
Redacted = Mapping[tuple[str, str, str], str]
"""What leaves instead of a column's text, by table, record and column."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """One table's rows about somebody, and the columns of them that leave."""

    table: PersonalData
    rows: QuerySet[Any]
    columns: list[AnyField]
    redacted: Redacted = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(capfirst(self.table.model._meta.verbose_name_plural))

    def values(self) -> Iterator[dict[str, Any]]:
        """Row by row: each column's name and its value as JSON has it."""
        for row in self._each():
            yield {column.name: self._value(row, column, as_json) for column in self.columns}

    def texts(self) -> Iterator[list[tuple[str, str]]]:
        """Row by row: each column's title and its value in words, what is empty left out."""
        titles = {column.name: str(capfirst(getattr(column, "verbose_name", column.name))) for column in self.columns}
        for row in self._each():
            told = [(titles[column.name], self._value(row, column, in_words)) for column in self.columns]
            yield [(title, text) for title, text in told if text]

    def _each(self) -> Iterator[Model]:
        keys = [column.name for column in self.columns if _is_spelled_out(column)]
        rows = self.rows.select_related(*keys) if keys else self.rows
        binary = [column.name for column in self.table.model._meta.local_concrete_fields if _is_binary(column)]
        return iter(rows.defer(*binary).order_by("pk").iterator(chunk_size=CHUNK))

    def _value(self, row: Model, column: AnyField, written: Any) -> Any:
        replaced = self.redacted.get((self.table.label, str(row.pk), column.name))
        return replaced if replaced is not None else written(row, column)


def held_about(address: str, file: CaseFile | None = None, among: Registry = registry) -> Iterator[Held]:
    """Each table in which something about this person is held."""
    redacted = redactions_of(file) if file is not None else {}
    for table, rows in among.rows_about(address):
        columns = leaving(table)
        if any(column.name != table.part_of for column in columns) and rows.exists():
            yield Held(table=table, rows=rows, columns=columns, redacted=redacted)


def leaving(table: PersonalData) -> list[AnyField]:
    """The columns that leave: not who of the staff did it, no secret, no file's bytes, no bare number of a row."""
    return [
        column
        for column in table.model._meta.local_concrete_fields
        if column.name in table.columns
        and column.name not in table.secret
        and not _is_binary(column)
        and not _is_staffs(table, column)
    ]


def redactions_of(file: CaseFile) -> Redacted:
    made = Redaction.objects.filter(file=file).values_list("table", "record_id", "column", "text")
    return {(table, record, column): text for table, record, column, text in made}


def titled(table: PersonalData, name: str) -> str:
    return str(capfirst(str(getattr(column_of(table.model, name), "verbose_name", name))))


def as_json(row: Model, column: AnyField) -> Any:
    """A column's value as JSON has it: dates by ISO 8601, what a key leads to in its own words or by its number."""
    if _is_spelled_out(column):
        related = getattr(row, column.name)
        return None if related is None else str(related)
    value = column.value_from_object(row)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | list | dict) else str(value)


def in_words(row: Model, column: AnyField) -> str:
    """A column's value for a reader, in the language in force; empty for nothing."""
    if _is_spelled_out(column):
        related = getattr(row, column.name)
        return "" if related is None else str(related)
    value = column.value_from_object(row)
    if value in (None, ""):
        return ""
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, dict):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    return str(value)


def _is_spelled_out(column: AnyField) -> bool:
    """Whether a key leads to something that is about nobody: its words tell more than its number."""
    if not isinstance(column, ForeignKey) or not isinstance(column.related_model, type):
        return False
    return not isinstance(registry.declared(column.related_model), PersonalData)


def _is_staffs(table: PersonalData, column: AnyField) -> bool:
    """Who wrote, decided or was put in charge is a member of staff: their data, not this person's."""
    if not isinstance(column, ForeignKey) or not isinstance(column.related_model, type):
        return False
    return column.related_model._meta.label == settings.AUTH_USER_MODEL and column.name != table.part_of


def _is_binary(column: AnyField) -> bool:
    return isinstance(column, BinaryField)
