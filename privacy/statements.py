"""Statements that Django writes once and PostgreSQL plans once, to carry them out many times with other values.

Writing a large one takes Django several times as long as PostgreSQL takes to carry it out; planning it does, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql import UpdateQuery

from privacy import prepared


class Given(Expression):
    """In a query that is written once: the place of a value that is given each time, under this name."""

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


class Statement:
    """`write` gives SQL and its values, as Django does. It is asked at first, and again where settings have changed."""

    def __init__(self, write: Callable[[], tuple[str, Sequence[Any]]]):
        self._write = write
        self._written: tuple[object, str, list[str]] | None = None

    def carry_out(self, **given: Any) -> tuple[Any, ...] | None:
        """Its first row, if it gives any."""
        source = settings._wrapped  # type: ignore[misc]
        if self._written is None or self._written[0] is not source:
            self._written = (source, *with_constants(*self._write()))
        _, sql, names = self._written
        with prepared.cursor() as cursor:
            cursor.execute(sql, [given[name] for name in names])
            row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row


def with_constants(sql: str, values: Sequence[Any]) -> tuple[str, list[str]]:
    """The statement with places for what is given alone, and the names of these."""
    first, *rest = sql.split("%s")
    text, names = [first], []
    for value, following in zip(values, rest, strict=True):
        if isinstance(value, Given):
            names.append(value.name)
        place = "%s" if isinstance(value, Given) else prepared.composed("%s", [value]).replace("%", "%%")
        text += [place, following]
    return "".join(text), names


def update_of(rows: QuerySet[Any], **columns: Any) -> tuple[str, Sequence[Any]]:
    """What `rows.update(**columns)` would be."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(columns)
    sql, values = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return sql, values
