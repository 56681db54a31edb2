"""Playing the ledger: what was decided after the moment that a database was put back to (P5.3, P5.5, P5.6, P7.4).

What always holds:
- Line by line, in order, each in one transaction with the head: cut off anywhere, the next replay goes on there.
- Nobody is found by name or address: the ledger has none. Rows are found by their subject keys, and those of a table
  that knows people by address alone by making the keys of each address. Whose address was corrected meanwhile is found
  under the one before (formerly.py).
- Nobody is written to. Nothing is written to the ledger: this is read from it.
- A correction can't be made again from here, since the ledger holds no value: it is named, for the officer.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from privacy.audit.services import Action, record
from privacy.audit.services import head as audit_head
from privacy.consents.withdrawal import Way, withdraw_again
from privacy.continuity import ledger
from privacy.continuity.formerly import Formerly
from privacy.continuity.ledger import Kind, Line
from privacy.continuity.models import LedgerHead
from privacy.declarations import LegalBasis
from privacy.erasure import Spared, erase_rows
from privacy.holds.keeping import place_alone
from privacy.holds.models import HeldRows, Hold
from privacy.objections.models import Objection
from privacy.objections.services import UNDO_WITHIN
from privacy.registry import registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.models import RestrictedRows, Restriction
from privacy.rights.kinds import CLOSED
from privacy.rights.models import CaseFile, RightsRequest

NUMBERS_LEFT_OUT = 1_000_000
"""Numbers given to records since the backup are given to none after it: a link in an old mail names a record by its
number, and must not lead to somebody else's."""


@dataclass
class Replayed:
    """What a replay did: lines in all and of each kind, rows emptied, and what is left for a person to do."""

    lines: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    rows: int = 0
    """Rows of erased people that the backup had brought back."""
    corrections: list[str] = field(default_factory=list)
    """References of the requests whose corrections must be made again."""
    without_reason: int = 0
    """Holds and restrictions put back, whose reason no ledger knows."""
    formerly: Formerly = field(default_factory=lambda: Formerly(ledger.NOWHERE))


def replay(after: ledger.Head) -> Replayed:
    """Carry out again every line that came after this head, which is the database's own. Once over, it is the ledger's.

    To be called outside any transaction, on a database that nobody else uses. Raises LedgerError: what was done until
    there stays done.
    """
    done = Replayed(formerly=Formerly(after))
    for line in ledger.lines_after(after):
        done.formerly.note(line)
        with transaction.atomic(), restricted_rows_may_change():
            if act := ACTS.get(line.kind):
                act(line, done)
            ledger.move_head(line.head)
        done.lines += 1
        done.kinds[line.kind] += 1
    return done


def bring_back_nobody(after: ledger.Head) -> Replayed:
    """All that a database needs which was put back to an earlier day, by whatever means, before anybody uses it.

    Raises LedgerError before anything is touched when the ledger is not whole, or not this database's.
    """
    for _line in ledger.lines_after(after):
        pass
    _leave_numbers_out()
    for stop in STOPPED_BY_A_RESTORE:
        stop()
    done = replay(after)
    _say_where_the_trail_goes_on(done)
    return done


def stopped_by_a_restore(stop: Callable[[], object]) -> None:
    """Register what ends mailings to many: how far one came since can't be known, so it goes no further."""
    STOPPED_BY_A_RESTORE.append(stop)


STOPPED_BY_A_RESTORE: list[Callable[[], object]] = []


def _say_where_the_trail_goes_on(done: Replayed) -> None:
    """The audit trail ends earlier than it did, rightly: the ledger says so, before anything new is written in it.

    The first that is new says what became of the rest.
    """
    with transaction.atomic():
        trail = audit_head()
        ledger.record(Kind.RESTORED, audit_number=trail.number, audit_hash=trail.hash)
        steps = ("put back", f"ledger: {done.lines}", f"rows: {done.rows}")
        record(Action.RAN, LedgerHead(pk=LedgerHead.THE_ONE), by=None, details=steps)


def _leave_numbers_out() -> None:
    """Before the replay, which puts holds and restrictions back under their own numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + %s)"
            " FROM pg_sequences WHERE max_value > coalesce(last_value, 0) + %s",
            [NUMBERS_LEFT_OUT, NUMBERS_LEFT_OUT],
        )


def _erase(line: Line, done: Replayed) -> None:
    """All of the person; after an upheld objection, what was held in the company's own interest.

    The file of a request that the backup has as open stays: it is decided again, and closes with its receipt.
    """
    held = registry.rows_under(line.keys, done.formerly.by_table(line.keys))
    sparing: Spared = {}
    if line.what.get("basis"):
        basis = LegalBasis(str(line.what["basis"]))
        held = ((table, rows) for table, rows in held if table.activity.basis is basis and not table.kept)
    else:
        open_still = CaseFile.objects.filter(request__reference=line.what["request"]).exclude(request__state__in=CLOSED)
        sparing = {CaseFile: set(open_still.values_list("pk", flat=True))}
    done.rows += erase_rows(held, sparing=sparing, at=line.at).total()


def _object(line: Line, done: Replayed) -> None:
    """Of one that is there already, by this request, nothing is made twice."""
    request = RightsRequest.objects.filter(reference=line.what["request"]).first()
    at = datetime.fromisoformat(str(line.what["objected"]))
    keys = done.formerly.all_keys(line.keys)
    known = set(Objection.objects.filter(subject_key__in=keys, at=at).values_list("subject_key", flat=True))
    Objection.objects.bulk_create(
        [
            Objection(
                subject_key=key,
                at=at,
                request=request,
                settles_at=at + UNDO_WITHIN if line.what["settles"] else None,
            )
            for key in keys
            if key not in known
        ],
        ignore_conflicts=True,
    )


def _undo_objection(line: Line, done: Replayed) -> None:
    """Of this request alone: an earlier objection of the same person stays."""
    at = datetime.fromisoformat(str(line.what["objected"]))
    Objection.objects.filter(subject_key__in=done.formerly.all_keys(line.keys), at=at).delete()


def _withdraw(line: Line, done: Replayed) -> None:
    withdraw_again(
        done.formerly.all_keys(line.keys),
        consent=int(line.what["consent"]),
        purpose=str(line.what["purpose"]),
        way=Way(line.what["way"]),
        at=line.at,
    )


def _restrict(line: Line, done: Replayed) -> None:
    place_alone()
    request = RightsRequest.objects.filter(reference=line.what["request"] or None).first()
    restriction, is_new = Restriction.objects.get_or_create(
        pk=line.what["restriction"],
        defaults={
            "ground": line.what["ground"],
            "reason": _reason(),
            "request": request,
            "placed_at": line.at,
            "review_on": date.fromisoformat(str(line.what["review_on"])),
        },
    )
    if not is_new:  # Prepared before the backup, and placed after it.
        Restriction.objects.filter(pk=restriction.pk, placed_at=None).update(placed_at=line.at, prepared_until=None)
        return
    done.without_reason += 1
    parts = [part.partition("/") for part in str(line.what["parts"]).split()]
    RestrictedRows.objects.bulk_create(
        [
            *(
                RestrictedRows(restriction=restriction, subject_key=key, table=table, purpose=purpose)
                for key in done.formerly.all_keys(line.keys)
                for table, _slash, purpose in parts
            ),
            *(RestrictedRows(restriction=restriction, table=table, record_id=pk) for table, pk in _records(line)),
        ]
    )


def _lift_restriction(line: Line, done: Replayed) -> None:
    """Its person was told before: none is lifted otherwise."""
    Restriction.objects.standing().filter(pk=line.what["restriction"]).update(told_at=line.at, lifted_at=line.at)


def _hold(line: Line, done: Replayed) -> None:
    """Placed, or extended: then what stands is what the line says."""
    place_alone()
    stands = {
        "until": datetime.fromisoformat(str(line.what["until"])) if line.what["until"] else None,
        "review_on": date.fromisoformat(str(line.what["review_on"])),
    }
    pk = line.what["hold"]
    if Hold.objects.filter(pk=pk).exists():
        Hold.objects.filter(pk=pk).update(**stands)
        return
    hold = Hold.objects.create(pk=pk, ground=line.what["ground"], reason=_reason(), placed_at=line.at, **stands)
    done.without_reason += 1
    HeldRows.objects.bulk_create(
        [
            *(HeldRows(hold=hold, subject_key=key) for key in done.formerly.all_keys(line.keys)),
            *(HeldRows(hold=hold, table=table, record_id=pk) for table, pk in _records(line)),
        ]
    )


def _lift_hold(line: Line, done: Replayed) -> None:
    Hold.objects.filter(pk=line.what["hold"], lifted_at=None).update(lifted_at=line.at, lifted_because=_reason())


def _note_correction(line: Line, done: Replayed) -> None:
    done.corrections.append(str(line.what["request"]))


def _records(line: Line) -> list[tuple[str, str]]:
    """The rows that a line names one by one: table, primary key."""
    named = (record.partition("#") for record in str(line.what["records"]).split())
    return [(table, pk) for table, _hash, pk in named]


def _reason() -> str:
    return _("Put back from the ledger after a restore. The reason stood in the data that was lost.")


ACTS: dict[Kind, Callable[[Line, Replayed], None]] = {
    Kind.ERASURE: _erase,
    Kind.OBJECTION: _object,
    Kind.OBJECTION_UNDONE: _undo_objection,
    Kind.WITHDRAWAL: _withdraw,
    Kind.RESTRICTION: _restrict,
    Kind.RESTRICTION_LIFTED: _lift_restriction,
    Kind.HOLD: _hold,
    Kind.HOLD_LIFTED: _lift_hold,
    Kind.RECTIFICATION: _note_correction,
}
"""What is done with each line. The others say nothing of people."""
