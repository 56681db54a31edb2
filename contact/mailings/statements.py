"""What a mailing asks the database for each of ten thousand people, in statements that Django writes once a second.

Writing them costs it longer than PostgreSQL needs to carry them out. The moment in them is at most `FRESH` seconds old.
"""

import time
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from contact.mailings.models import Mailing, MailingDelivery
from contact.prospects.models import Prospect

FRESH = 1.0
"""Seconds after which they are written anew, since what is due and who is kept depend on the time."""


class Statements:
    """One worker's, for one share of the mailings."""

    def __init__(self) -> None:
        self._mailings: dict[int, Mailing] = {}
        self._written_at = float("-inf")

    def take(self) -> MailingDelivery | None:
        """The next delivery, written down as begun and committed: from here on no crash makes it begin again."""
        self._write()
        sql, values = self._take
        for delivery in MailingDelivery.objects.raw(sql, [*values, MailingDelivery.State.BEGUN, timezone.now()]):
            # Its words are never changed once it was sent off.
            if delivery.mailing_id not in self._mailings:
                self._mailings[delivery.mailing_id] = delivery.mailing
            delivery.mailing = self._mailings[delivery.mailing_id]
            return delivery
        return None

    def confirmed(self, prospect_id: int) -> Prospect | None:
        """This prospect, if they may be written to now."""
        self._write()
        sql, values = self._confirmed
        for prospect in Prospect.objects.raw(sql, [*values, prospect_id]):
            return prospect
        return None

    def _write(self) -> None:
        if time.monotonic() - self._written_at < FRESH:
            return
        self._written_at = time.monotonic()
        table = connection.ops.quote_name(MailingDelivery._meta.db_table)
        next_one, values = due(timezone.now()).order_by("due_at").values("pk")[:1].query.sql_with_params()
        self._take = (
            f"WITH next (id) AS MATERIALIZED ({next_one} FOR UPDATE OF {table} SKIP LOCKED) "  # noqa: S608  (our own table)
            f"UPDATE {table} SET state = %s, begun_at = %s, attempts = attempts + 1 "
            f"FROM next WHERE {table}.id = next.id RETURNING {table}.*",
            values,
        )
        live, values = Prospect.objects.confirmed().order_by().query.sql_with_params()
        self._confirmed = f"SELECT live.* FROM ({live}) AS live WHERE live.id = %s", values  # noqa: S608  (our own query)


def due(now: datetime) -> QuerySet[Any]:
    return MailingDelivery.objects.filter(
        state=MailingDelivery.State.QUEUED, due_at__lte=now, mailing__state=Mailing.State.SENDING
    )
