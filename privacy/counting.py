"""Adding to a day's counts: one statement, so that nobody waits for a row and no count is lost."""

from typing import Any

from django.db import connection, models


def add(model: type[models.Model], keys: dict[str, Any], *, once: dict[str, Any] | None = None, **more: int) -> None:
    """Add to the counters of the row with these keys, unique together; make it, with `once`, when it is new."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    values = {**keys, **(once or {}), **more}
    columns = ", ".join(quote(name) for name in values)
    unique = ", ".join(quote(name) for name in keys)
    sums = ", ".join(f"{quote(name)} = held.{quote(name)} + EXCLUDED.{quote(name)}" for name in more)
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS held ({columns}) VALUES ({places}) "  # noqa: S608  (names of our own models)
            f"ON CONFLICT ({unique}) DO UPDATE SET {sums}",
            [*values.values()],
        )
