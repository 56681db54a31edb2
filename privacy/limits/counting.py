"""Counting against a limit. One statement counts; nothing else is written, and no address is kept or logged."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from privacy import prepared
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
    """Count one more for `who` (an address of any kind, or "site") and say where that leads. `times=0` only reads.

    To be called outside a transaction, as the next.
    """
    [count] = spend_in_turn((limit, who), times=times)
    return count


def spend_in_turn(*counted: tuple[Limit, str], times: int = 1) -> list[Count]:
    """Count for each of these, and for none after one that is over: the last count says whether that came to pass.

    So a client past its own limit uses up nothing of the site's. Outside a transaction a refusal is counted too and no
    row stays locked; the disk is not waited for then: a power cut may take back a second's refusals, and no message.
    """
    now = timezone.now()
    windows = [limit.window_at(now) for limit, _ in counted]
    values: list[Any] = []
    for step, ((limit, who), (start, end)) in enumerate(zip(counted, windows, strict=True)):
        values += [_digest(limit, start, who), times, end]
        if step:
            values.append(counted[step - 1][0].most)
    with prepared.cursor() as cursor:
        cursor.execute(_statement(len(counted), apart=not connection.in_atomic_block), values)
        numbers = cursor.fetchone() or ()
    return [
        Count(limit=limit, number=number, ends_at=end)
        for (limit, _), (_, end), number in zip(counted, windows, numbers, strict=False)
        if number is not None
    ]


def wait_in_turn(*counted: tuple[Limit, str], times: int = 1) -> int:
    """Count for each of these in turn: the seconds to wait when there were too many, else 0."""
    last = spend_in_turn(*counted, times=times)[-1]
    return last.retry_after(timezone.now()) if last.over else 0


def _digest(limit: Limit, start: datetime, who: str) -> str:
    return salted_hmac("privacy.limits", f"{limit.name}|{start.isoformat()}|{who}", algorithm="sha256").hexdigest()


@cache
def _statement(limits: int, *, apart: bool) -> str:
    """So many rows, each counted only where the one before is not over its limit."""
    table = connection.ops.quote_name(LimitCount._meta.db_table)
    steps, numbers = [], []
    for step in range(limits):
        condition = f"FROM count_{step - 1} WHERE count <= %s" if step else ""
        steps.append(
            f"count_{step} AS (INSERT INTO {table} AS held (digest, count, ends_at) SELECT %s, %s, %s {condition} "
            "ON CONFLICT (digest) DO UPDATE SET count = held.count + EXCLUDED.count RETURNING count)"
        )
        numbers.append(f"(SELECT count FROM count_{step})")  # noqa: S608  (ours)
    if apart:
        numbers.append("set_config('synchronous_commit', 'off', true)")
    return f"WITH {', '.join(steps)} SELECT {', '.join(numbers)}"
