"""The database's own word on restricted rows: what code forgot to ask, a row trigger refuses (P5.4).

It backs up the services, which refuse with words. Two may pass: who acts for the person (their own withdrawal, erasure
or correction), and who records a use on a ground of Art. 18(2).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.db import connection

SWITCH = "privacy.restricted_rows_may_change"

FUNCTION = """
CREATE FUNCTION privacy_is_restricted(label text, pk text, key text, consent bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM privacy_restrictedrows AS covered
        JOIN privacy_restriction AS restriction ON restriction.id = covered.restriction_id
        WHERE restriction.placed_at IS NOT NULL AND restriction.lifted_at IS NULL AND (
            (covered.record_id <> '' AND covered.record_id = pk AND covered."table" = label)
            OR (
                covered.subject_key <> '' AND covered.subject_key = key AND covered."table" IN ('', label)
                AND (covered.purpose = '' OR covered.purpose = (
                    SELECT agreed.purpose FROM privacy_consent AS agreed WHERE agreed.id = consent
                ))
                AND NOT EXISTS (
                    SELECT 1 FROM privacy_consent AS agreed
                    WHERE agreed.id = consent AND agreed.given_at > restriction.placed_at
                )
            )
        )
    )
$$;
"""
"""The same condition as privacy/restrictions/keeping.py has it; a test holds them together."""


class Restrictable(pgtrigger.Trigger):
    """Put it into a model's `Meta.triggers`: a restricted row is neither changed nor deleted.

    `row` is SQL that says whether OLD (NEW for an insertion) is restricted, by the function above.
    """

    def __init__(self, *, row: str, operation: pgtrigger.Operation) -> None:
        super().__init__(
            name="restrictable",
            when=pgtrigger.Before,
            operation=operation,
            func=f"""
                IF current_setting('{SWITCH}', true) IS DISTINCT FROM 'yes' AND ({row}) THEN
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


def _switch(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SWITCH])
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config(%s, %s, true)", [SWITCH, value])
    return str(before)
