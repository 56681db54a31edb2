"""Evidence that can be added to and never rewritten: a row trigger in the database refuses it (P7.2).

It guards against our own code, and not against the database's owner. Only `rows_may_go`, which the eraser and with it
the retention engine use, lets rows be deleted or emptied. There is no truncate trigger: it would break test flushes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.db import connection

SWITCH = "privacy.rows_may_go"


class AppendOnly(pgtrigger.Trigger):
    """Put it into a model's `Meta.triggers`: any UPDATE or DELETE of a row raises DatabaseError.

    `sooner` names a date, the clock of the row's retention, that alone may be changed, and only to an earlier one.
    `unless` is a condition in SQL under which a row may be updated: while the database itself completes it.
    """

    def __init__(self, *, sooner: str = "", unless: str = "") -> None:
        ends_sooner = f"""
                IF TG_OP = 'UPDATE' AND NEW.{sooner} < OLD.{sooner}
                        AND to_jsonb(NEW) - '{sooner}' = to_jsonb(OLD) - '{sooner}' THEN
                    RETURN NEW;
                END IF;"""
        completed = f"""
                IF TG_OP = 'UPDATE' AND {unless} THEN RETURN NEW; END IF;"""
        super().__init__(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"""{ends_sooner if sooner else ""}{completed if unless else ""}
                IF current_setting('{SWITCH}', true) = 'yes' THEN
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '% is append-only: its rows are evidence', TG_TABLE_NAME;
            """,
        )


def only(*columns: str) -> str:
    """The condition that an update leaves all but these columns as they were."""
    named = "{" + ",".join(columns) + "}"
    return f"to_jsonb(NEW) - '{named}'::text[] = to_jsonb(OLD) - '{named}'::text[]"


def accounts_gone(*columns: str) -> str:
    """The condition that an update does no more than forget accounts that are deleted."""
    return " AND ".join(
        [only(*columns), *(f"(NEW.{column} IS NULL OR NEW.{column} = OLD.{column})" for column in columns)]
    )


@contextmanager
def rows_may_go() -> Iterator[None]:
    """For the eraser, and for a newer subject key, inside a transaction: outside of one the trigger refuses."""
    _switch("yes")
    yield
    _switch("no")  # After an error there is nothing to do: the setting ends with the transaction.


def _switch(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SWITCH, value])
