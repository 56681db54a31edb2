"""What a mailing asks the database for each of ten thousand people, in one statement that Django writes once a second.

Writing it takes Django longer than PostgreSQL needs to carry it out. The moment in it is at most `FRESH` seconds old;
whatever else it depends on it asks of the database each time (`Prospect.objects.confirmed()` asks nothing beforehand).
"""

import time
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from contact.mailings.models import Mailing, MailingDelivery
from contact.mailings.writing import Reader
from contact.prospects.models import Prospect
from privacy.prepared import asked, composed, text_of

FRESH = 1.0
"""Seconds after which it is written anew, since what is due and who is kept depend on the time."""
TAKE = """
    WITH next (id) AS MATERIALIZED ({next} FOR UPDATE OF {table} SKIP LOCKED), begun AS (
        UPDATE {table} SET state = %s, begun_at = %s, attempts = attempts + 1
        FROM next WHERE {table}.id = next.id
        RETURNING {table}.id, mailing_id, prospect_id, attempts
    )
    SELECT begun.id, mailing_id, attempts, reader.* FROM begun LEFT JOIN LATERAL (
        SELECT email, language, consent_id FROM ({live}) AS live WHERE live.id = begun.prospect_id
        AND (SELECT state FROM {mailings} WHERE id = begun.mailing_id) = %s OFFSET 0
    ) AS reader ON true
"""
"""Without the OFFSET, PostgreSQL may look for all who are confirmed, and take this one out of them.

The mailing is looked at once the delivery is found: asked for together, PostgreSQL may read and sort all that are
left of ten thousand to find one, until an ANALYZE has seen them.
"""


class Statements:
    """One worker's, for one share of the mailings."""

    def __init__(self) -> None:
        self._mailings: dict[int, Mailing] = {}
        self._written_at = float("-inf")

    def take(self) -> tuple[MailingDelivery, Reader | None] | None:
        """The next delivery, written down as begun and committed: from here on no crash makes it begin again.

        With its reader, if they may be written to at that moment.
        """
        self._write()
        for pk, mailing, attempts, *reader in asked(self._take):
            delivery = MailingDelivery(pk=pk, mailing=self._mailing(mailing), attempts=attempts)
            return delivery, Reader(*reader) if reader[0] else None
        return None

    def _mailing(self, pk: int) -> Mailing:
        """Its words are never changed once it was sent off."""
        if pk not in self._mailings:
            self._mailings[pk] = Mailing.objects.get(pk=pk)
        return self._mailings[pk]

    def _write(self) -> None:
        if time.monotonic() - self._written_at < FRESH:
            return
        self._written_at, now = time.monotonic(), timezone.now()
        take = TAKE.format(
            table=connection.ops.quote_name(MailingDelivery._meta.db_table),
            mailings=connection.ops.quote_name(Mailing._meta.db_table),
            next=text_of(due(now).order_by("due_at").values("pk")[:1]),
            live=text_of(Prospect.objects.confirmed().order_by()),
        )
        self._take = composed(take, [MailingDelivery.State.BEGUN, now, Mailing.State.SENDING])


def due(now: datetime) -> QuerySet[Any]:
    return MailingDelivery.objects.filter(state=MailingDelivery.State.QUEUED, due_at__lte=now)
