"""`pk__any_of=[…]`: as `__in`, with all the values in one parameter.

A batch of a thousand keys written out one by one takes longer to write and to read than the rows take to be emptied.
"""

from typing import Any

from django.db.models import Field, Lookup


@Field.register_lookup
class AnyOf(Lookup[Any]):
    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, list(self.rhs))
