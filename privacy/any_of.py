"""`pk__any_of=[…]`: as `__in`, with all the values in one parameter, or with those that a query finds.

A batch of a thousand keys written out one by one takes longer to write and to read than the rows take to be emptied.
So keys are written as one text that PostgreSQL reads, which is many times quicker than a list handed to the driver.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigAutoField, CharField, Field, Lookup, Model, QuerySet, TextField
from django.db.models.sql import Query


class Keys:
    """Values for several statements: written once, and not looked at one by one by each of them."""

    def __init__(self, values: Iterable[Any]):
        self.values: Sequence[Any] = list(values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def parameter(self) -> tuple[str, Any]:
        """A placeholder and what it stands for."""
        for kind, column, text in WRITTEN:
            if self.values and all(type(value) is kind for value in self.values):
                return f"%s::{column}[]", "{" + ",".join(map(text, self.values)) + "}"
        return "%s", self.values


class Numbers(Keys):
    """Whole numbers, as the query that finds them writes them: they pass through here unread."""

    def __init__(self, rows: QuerySet[Any]):
        """`rows` gives one column; it is run at once, with its locks."""
        self._count, self._text = 0, "{}"
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:  # Django can tell that there are none.
            return
        with connections[rows.db].cursor() as cursor:
            cursor.execute(FOUND.format(sql), values)
            self._count, self._text = cursor.fetchone()

    def __len__(self) -> int:
        return self._count

    @cached_property
    def values(self) -> list[int]:  # type: ignore[override]
        return [int(number) for number in self._text[1:-1].split(",") if number]

    @property
    def parameter(self) -> tuple[str, str]:
        return "%s::bigint[]", self._text


FOUND = "SELECT count(*), coalesce(array_agg(number), '{{}}')::text FROM ({}) AS found (number)"


def keys_of(model: type[Model], rows: QuerySet[Any]) -> Keys:
    """This model's keys, which are the one column of these rows."""
    return Numbers(rows) if isinstance(model._meta.pk, BigAutoField) else Keys(rows)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


WRITTEN: tuple[tuple[type, str, Callable[[Any], str]], ...] = (
    (int, "bigint", str),
    (UUID, "uuid", str),
    (str, "text", _quoted),
)
"""What is written as a text, and the column that reads it."""


@Field.register_lookup
class AnyOf(Lookup[Any]):
    """A query on the right is run once, before the rows are looked for: one that locks rows locks no others."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Query):
            query, found = self.process_rhs(compiler, connection)
            return f"{column} = ANY(ARRAY{query})", (*parameters, *found)
        keys = self.rhs if isinstance(self.rhs, Keys) else Keys(self.rhs)
        placeholder, values = keys.parameter
        if placeholder.endswith("[]") and isinstance(self.lhs.output_field, CharField | TextField):
            placeholder += "::text[]"  # A column that holds keys of any table, written out.
        return f"{column} = ANY({placeholder})", (*parameters, values)
