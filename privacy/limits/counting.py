"""Counting against a limit. One statement counts; nothing else is written, and no address is kept or logged."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from privacy.limits.models import LimitCount


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many in a window of time; windows follow one another from midnight UTC."""

    name: str
    most: int
    window: timedelta

    def window_at(self, now: datetime) -> tuple[datetime, datetime]:
        since = datetime(2020, 1, 1, tzinfo=UTC)
        start = since + ((now - since) // self.window) * self.window
        return start, start + self.window


@dataclass(frozen=True, kw_only=True)
class Count:
    """Where somebody stands against a limit, this time included."""

    limit: Limit
    number: int
    ends_at: datetime

    @property
    def over(self) -> bool:
        return self.number > self.limit.most

    def retry_after(self, now: datetime) -> int:
        """Whole seconds until the window ends, at least one."""
        return max(1, int((self.ends_at - now).total_seconds()) + 1)


def spend(limit: Limit, who: str, times: int = 1) -> Count:
    """Count one more for `who` (an address of any kind, or "site") and say where that leads.

    To be called outside a transaction, so that a refusal is counted too and no row stays locked. `times=0` only reads.
    """
    start, end = limit.window_at(timezone.now())
    digest = salted_hmac("privacy.limits", f"{limit.name}|{start.isoformat()}|{who}", algorithm="sha256").hexdigest()
    table = connection.ops.quote_name(LimitCount._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS held (digest, count, ends_at) VALUES (%s, %s, %s) "  # noqa: S608  (our own table)
            "ON CONFLICT (digest) DO UPDATE SET count = held.count + EXCLUDED.count RETURNING count",
            [digest, times, end],
        )
        [number] = cursor.fetchone() or [times]
    return Count(limit=limit, number=number, ends_at=end)
