"""`pk__any_of=[…]`: as `__in`, with all the values in one parameter, or with those that a query finds.

A batch of a thousand keys written out one by one takes longer to write and to read than the rows take to be emptied.
So keys are written as one text that PostgreSQL reads, which is many times quicker than a list handed to the driver.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Field, Lookup
from django.db.models.sql import Query


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
        values = list(self.rhs)
        for kind, written in (int, "bigint"), (UUID, "uuid"):
            if values and all(isinstance(value, kind) for value in values):
                return f"{column} = ANY(%s::{written}[])", (*parameters, _written(values))
        return f"{column} = ANY(%s)", (*parameters, values)


def _written(values: Sequence[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
