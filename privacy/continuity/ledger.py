"""The ledger outside the database: what must not come back when a backup is restored (P5.3, P5.5, P7.4).

A backup knows nothing of what was erased, objected to, withdrawn, restricted, held or corrected after it. Each of these
acts writes a line here, with subject keys and numbers alone; a restore plays them again (privacy/continuity/replay.py).

What always holds:
- A line is on the disk before the transaction it belongs to commits. If it can't be written, the act doesn't happen.
- Lines are chained: each holds the fingerprint of the one before. One writer at a time, under an advisory lock that is
  held until its transaction ends; so `record` comes as late in it as possible.
- The database's own head moves in that transaction. Rolled back after its line was written, or killed in between, it
  leaves a line that the database doesn't know: the next writer goes on after it. What it says is what somebody wanted,
  and playing it again after a restore does no harm (replay.py leaves out what would).
- Each line says which head its database had. A database that finds lines whose writer stood further than itself was put
  back to an earlier day: nothing is written before those lines are played.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from privacy.continuity.lines import (
    NOWHERE,
    Head,
    Kind,
    LedgerBroken,
    LedgerError,
    LedgerLacksHead,
    LedgerTooNew,
    Line,
    all_lines,
    end,
    lines_after,
    next_lines,
    write,
)
from privacy.continuity.models import LedgerHead

__all__ = [
    "NOWHERE",
    "Head",
    "Kind",
    "LedgerAhead",
    "LedgerBroken",
    "LedgerError",
    "LedgerLacksHead",
    "LedgerTooNew",
    "LedgerUnavailable",
    "Line",
    "all_lines",
    "end",
    "head",
    "lines_after",
    "record",
    "was_cut_off",
]

LOCK = 0x6C656467
"""Ours alone among the advisory locks of this database: “ledg” in ASCII."""
TRIES = 10
"""Places that may be taken by somebody who doesn't share our lock: another database on the same storage."""


class LedgerUnavailable(LedgerError):
    """The ledger can’t be written: what was to be done was not done. Trying again later helps."""


class LedgerAhead(LedgerUnavailable):
    """This database was put back to an earlier day: `manage.py replay_ledger` comes before anything else."""


def head() -> Head:
    """The last line as the database has it."""
    row = LedgerHead.objects.filter(pk=LedgerHead.THE_ONE).first() or make_head()
    return Head(row.number, row.hash)


def make_head() -> LedgerHead:
    """The row of a new database, with a name for its ledger that no other has."""
    LedgerHead.objects.bulk_create([LedgerHead()], ignore_conflicts=True)
    return LedgerHead.objects.get()


def make_head_with_tables(**options: Any) -> None:
    """After each migration; one that goes back may have taken the table away."""
    if LedgerHead._meta.db_table in connection.introspection.table_names():
        make_head()


def record(kind: Kind, *, keys: Collection[str] = (), **what: str | int) -> Line:
    """Write one line, in the transaction of what it tells, as late in it as possible.

    `keys`: every subject key that rows of the person may carry. `what`: numbers, references, names of tables.
    Raises LedgerUnavailable: the caller's transaction must then be rolled back.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A line of the ledger belongs to a transaction.")
    row, transaction = _alone()
    stood = row.stood if row.transaction == transaction else row.number
    try:
        line = _write_after(Head(row.number, row.hash), stood, kind, sorted(set(keys)), what)
    except LedgerUnavailable:
        raise
    except Exception as error:  # A storage may raise anything: whatever it is, nothing is written down.
        raise LedgerUnavailable(f"The ledger can’t be written, so nothing was done: {error}") from error
    LedgerHead.objects.filter(pk=row.pk).update(
        number=line.number, hash=line.hash, stood=stood, transaction=transaction
    )
    return line


def move_head(to: Head) -> None:
    """What stands in the ledger up to here is done in this database too. For the replay alone, in a transaction."""
    row, _transaction = _alone()
    LedgerHead.objects.filter(pk=row.pk).update(number=to.number, hash=to.hash, stood=to.number, transaction=0)


def was_cut_off() -> bool:
    """Whether a replay has moved the head, and was cut off before it wrote that it was over."""
    return LedgerHead.objects.filter(transaction=0, number__gte=0).exists()


def _alone() -> tuple[LedgerHead, int]:
    """Take the lock until the end of the transaction; the head as it stands then, and the transaction's number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (transaction,) = cursor.fetchone()
    return LedgerHead.objects.filter(pk=LedgerHead.THE_ONE).first() or make_head(), int(transaction)


def _write_after(own: Head, stood: int, kind: Kind, keys: list[str], what: dict[str, str | int]) -> Line:
    last = own
    for _try in range(TRIES):
        for found in next_lines(last):
            if found.stood > stood:
                raise LedgerAhead(
                    "This database was put back to an earlier day than the ledger: nothing was done. "
                    "Stop the site and run “manage.py replay_ledger”."
                )
            last = found.head
        line = Line(
            number=last.number + 1,
            kind=kind,
            at=timezone.now(),
            keys=keys,
            what=what,
            stood=stood,
            before=last.hash,
        ).sealed()
        if write(line):
            return line
    raise LedgerBroken("Somebody else writes to this ledger.")
