"""Two connections at once: going on when one of them waits for the other."""

from django.db import connection

from tests.post_office import wait_until

WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE NOT granted AND pid IN (
            SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE datname = current_database()
        )
    )
"""
"""In this database: another process of the test run has one of its own on the same server."""


def wait_until_somebody_waits() -> None:
    """Return once a connection waits for a lock that another holds."""

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            return bool(cursor.fetchone()[0])

    wait_until(somebody_waits, 60, "somebody waits for a lock")
