"""The batch loops somebody would write by hand, without holds, restrictions, records or anything to declare."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from benchmarks.clock import PERIOD

BATCH = 1000
TRUSTED = """
    SELECT set_config('privacy.restricted_rows_may_change', 'yes', true),
        set_config('privacy.rows_may_go', 'yes', true)
"""
CHOOSE = """
    SELECT id, consent_id FROM contact_contactrequest WHERE closed_at <= %s AND NOT is_anonymised
    ORDER BY closed_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
EMPTY = """
    UPDATE contact_contactrequest SET first_name = '', last_name = '', email = '', phone = '', message = '',
        wants_news = false, subject_key = '', submission = NULL, consent_id = NULL, assignee_id = NULL,
        received_at = date_trunc('month', received_at, 'UTC'),
        last_activity_at = date_trunc('month', last_activity_at, 'UTC'), read_at = NULL,
        closed_at = date_trunc('month', closed_at, 'UTC'), held_until = NULL, spam_at = NULL, status = 'closed',
        is_anonymised = true
    WHERE id = ANY(%s)
"""
DELETE = """
    DELETE FROM privacy_letter WHERE id IN (
        SELECT id FROM privacy_letter WHERE finished_at <= %s ORDER BY finished_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


def anonymise(now: datetime) -> int:
    """Empty the requests that are due, with their consents; returns how many."""

    def batch(cursor: Any) -> int:
        cursor.execute(TRUSTED)
        cursor.execute(CHOOSE, [now - PERIOD, BATCH])
        rows = cursor.fetchall()
        cursor.execute(EMPTY, [[row[0] for row in rows]])
        consents = [row[1] for row in rows if row[1]]
        cursor.execute("DELETE FROM privacy_consentevent WHERE consent_id = ANY(%s)", [consents])
        cursor.execute("DELETE FROM privacy_consent WHERE id = ANY(%s)", [consents])
        return len(rows)

    return _loop(batch)


def delete(now: datetime) -> int:
    """Delete the letters that are due; returns how many."""

    def batch(cursor: Any) -> int:
        cursor.execute(DELETE, [now - PERIOD, BATCH])
        return int(cursor.rowcount)

    return _loop(batch)


def _loop(batch: Callable[[Any], int]) -> int:
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            taken = batch(cursor)
        total += taken
        if taken < BATCH:
            return total
