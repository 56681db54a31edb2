"""Statements that Django writes once and PostgreSQL plans once, to carry them out many times with other values.

Writing a large one takes Django several times as long as PostgreSQL takes to carry it out; planning it does, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Model, QuerySet
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
        """Its first row, if it gives any. TypeError where what is given is not exactly what it has places for."""
        source = settings._wrapped  # type: ignore[misc]
        if self._written is None or self._written[0] is not source:
            self._written = (source, *with_constants(*self._write()))
        _, sql, names = self._written
        if given.keys() != set(names):
            raise TypeError(f"Values are given for {sorted(given)}, and there are places for {sorted(set(names))}.")
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


def insert_of(model: type[Model], *given: str) -> tuple[str, Sequence[Any]]:
    """What `model.objects.create()` would be, with these fields given and the others as they are by default.

    Its row is the new one's number. No signal is sent, and values are written as they are given.
    """
    quoted = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    values = [
        Given(field.attname) if field.attname in given else field.get_db_prep_save(field.get_default(), connection)
        for field in fields
    ]
    return (
        f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}) "  # noqa: S608  (our own tables)
        f"RETURNING {quoted(str(model._meta.pk.column))}",
        values,
    )
