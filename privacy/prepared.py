"""Statements carried out thousands of times in a row: written once by Django, planned once by PostgreSQL.

For one small statement both take longer than carrying it out. Constants stand in the statement itself, so that an index
made for some of the rows can be seen to fit.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet


def asked(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement returns. In a transaction of its own, unless the caller has opened one."""
    with connection.wrap_database_errors, _cursor() as found:
        return found.execute(cast("Any", sql), values or None).fetchall()


def cursor() -> CursorWrapper:
    """The same in Django's clothes: refused in a broken transaction, and written down with its values where all are."""
    database = connections[DEFAULT_DB_ALIAS]  # Once, and not for each of its attributes: that takes its time.
    if database.queries_logged:
        return database.cursor()
    return database.make_cursor(cast("Any", _cursor()))


class _Cursor(psycopg.Cursor[Any]):
    """Has what it carries out planned once a session, and leaves the session as Django has it.

    Else psycopg would keep count of Django's own statements too, under their whole text: a hundred files, it may be.
    """

    def execute(self, *args: Any, **options: Any) -> Self:
        usual, self.connection.prepare_threshold = self.connection.prepare_threshold, 0
        try:
            return super().execute(*args, **options)
        finally:
            self.connection.prepare_threshold = usual


def _cursor() -> _Cursor:
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()  # As Django does for a cursor of its own.
    database.ensure_connection()
    return _Cursor(database.connection)


def text_of(rows: QuerySet[Any]) -> str:
    """A query with its constants in it, as another statement takes it up that has values of its own."""
    return composed(*rows.query.sql_with_params()).replace("%", "%%")


def composed(sql: str, values: Any) -> str:
    """A statement with these values in it."""
    operations: Any = connection.ops
    return str(operations.compose_sql(sql, values))
