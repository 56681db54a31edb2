"""How one column is emptied of a person. Each can be said in SQL, so that a thousand rows are one statement (P8.4)."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

from django.db.models import BooleanField, DateTimeField, F, Field, FileField, ForeignKey, Value
from django.db.models.functions import Coalesce, Now, TruncMonth

AnyField = Field[Any, Any]


class Eraser(Protocol):
    def emptied(self, field: AnyField) -> Any:
        """The value or SQL expression that replaces the column's."""

    def misfit(self, field: AnyField) -> str:
        """Why this eraser can't empty this column; an empty string when it can."""


@dataclass(frozen=True)
class Blank:
    """NULL where the column allows it, otherwise an empty text."""

    def emptied(self, field: AnyField) -> Any:
        return Value(None, output_field=field) if field.null else ""

    def misfit(self, field: AnyField) -> str:
        if isinstance(field, FileField):
            return "the file itself would stay in its storage"
        if field.null:
            return ""
        if not field.empty_strings_allowed:
            return "the column takes neither NULL nor an empty text"
        if _unique(field):
            return "the column is unique: two emptied rows would collide"
        return ""


@dataclass(frozen=True)
class ToMonth:
    """A date cut to the first of its month in UTC, so that statistics stay and nobody can be traced by the minute."""

    def emptied(self, field: AnyField) -> Any:
        return TruncMonth(F(field.name), tzinfo=UTC)

    def misfit(self, field: AnyField) -> str:
        if not isinstance(field, DateTimeField):
            return "the column is not a date and time"
        return "the column is unique: two rows of one month would collide" if _unique(field) else ""


@dataclass(frozen=True)
class EndOrMonth(ToMonth):
    """A date of ending cut to its month, as ToMonth does; this month for a row that had not ended."""

    def emptied(self, field: AnyField) -> Any:
        return TruncMonth(Coalesce(F(field.name), Now()), tzinfo=UTC)


@dataclass(frozen=True)
class Becomes:
    """One value for every emptied row: what it says is no longer about anybody."""

    value: Any

    def emptied(self, field: AnyField) -> Any:
        return Value(self.value, output_field=field)

    def misfit(self, field: AnyField) -> str:
        if field.choices and self.value not in {value for value, _ in field.flatchoices}:
            return f"“{self.value}” is none of its choices"
        return "the column is unique: two emptied rows would collide" if _unique(field) else ""


@dataclass(frozen=True)
class No:
    """False: what a person wished is no longer known."""

    def emptied(self, field: AnyField) -> Any:
        return Value(False, output_field=field)

    def misfit(self, field: AnyField) -> str:
        return "" if isinstance(field, BooleanField) else "the column is not a boolean"


@dataclass(frozen=True)
class DeleteLinked:
    """The row this foreign key points to goes too, and the link with it."""

    def emptied(self, field: AnyField) -> Any:
        return Value(None, output_field=field)

    def misfit(self, field: AnyField) -> str:
        return "" if isinstance(field, ForeignKey) and field.null else "the column is not a foreign key that takes NULL"


def _unique(field: AnyField) -> bool:
    """Alone or together with other columns."""
    meta = field.model._meta
    together = [*meta.unique_together, *(constraint.fields for constraint in meta.total_unique_constraints)]
    return field.unique or any(field.name in names for names in together)
