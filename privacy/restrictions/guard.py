"""The database's own word on restricted rows: what code forgot to ask, a row trigger refuses (P5.4).

It backs up the services, which refuse with words. The function it asks, privacy_is_restricted, stands in migration 0008
with the same condition as privacy/restrictions/keeping.py; a test holds the two together. Who acts for the person
passes: their own withdrawal, erasure or correction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pgtrigger
from django.db import connection

SWITCH = "privacy.restricted_rows_may_change"


class Restrictable(pgtrigger.Trigger):
    """Put it into a model's `Meta.triggers`: a restricted row is neither changed nor deleted.

    `row` is SQL that says whether OLD (NEW for an insertion) is restricted, by that function. `columns` are those that
    may not change: a colleague who leaves takes their name off a row all the same.
    """

    def __init__(self, *, row: str, columns: Sequence[str], insertions: bool = False) -> None:
        operation = pgtrigger.UpdateOf(*columns) | pgtrigger.Delete  # type: ignore[no-untyped-call]
        super().__init__(
            name="restrictable",
            when=pgtrigger.Before,
            operation=operation | pgtrigger.Insert if insertions else operation,
            # Here and not in the function, which would be called for each of the million rows of a purge.
            condition=pgtrigger.Condition(f"current_setting('{SWITCH}', true) IS DISTINCT FROM 'yes'"),
            func=f"""
                IF {row} THEN
                    RAISE EXCEPTION 'This row of % is restricted: it is stored and nothing else', TG_TABLE_NAME;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            """,
        )


@contextmanager
def restricted_rows_may_change() -> Iterator[None]:
    """For what the person themselves wants, inside a transaction: outside of one it has no effect."""
    before = _switch("yes")
    yield
    _switch(before)  # After an error there is nothing to do: the setting ends with the transaction.


def nothing_is_restricted() -> None:
    """For a purge that has seen that no restriction stands, under the lock that keeps one from being placed.

    Until the end of its transaction the trigger need not ask again for each row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [SWITCH])


def _switch(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SWITCH])
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config(%s, %s, true)", [SWITCH, value])
    return str(before)
