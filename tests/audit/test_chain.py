"""The trail is a chain that shows what was changed in it, even by the database's owner."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from privacy.append_only import rows_may_go
from privacy.audit.chain import CANONICAL, canonical
from privacy.audit.models import AuditEntry, AuditHead
from privacy.audit.services import Head, head, record_all
from privacy.audit.verifying import MOST, Anchor, verify
from privacy.models import RetentionCount, RetentionRun
from privacy.retention.engine import enforce_retention
from tests.audit.chain import as_owner, seal, write
from tests.locks import wait_until_somebody_waits

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]


def faults() -> list[tuple[int, str]]:
    return [(fault.number, fault.what) for fault in verify().faults]


def numbers() -> list[int | None]:
    return list(AuditEntry.objects.order_by("number").values_list("number", flat=True))


def anchors(*of: int) -> dict[int, Anchor]:
    return {
        entry.number or 0: Anchor(entry.hash, entry.kept_from) for entry in AuditEntry.objects.filter(number__in=of)
    }


def test_each_entry_has_a_number_and_follows_the_one_before_it() -> None:
    write(1, 2)
    write(3)

    first, second, third = AuditEntry.objects.order_by("number")
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert [first.before, second.before, third.before] == ["", first.hash, second.hash]
    assert head() == Head(3, third.hash)
    assert verify().is_whole


def test_anybody_can_make_a_hash_again_with_a_json_list_and_sha_256() -> None:
    moment = datetime(2026, 3, 29, 0, 59, 59, 7, UTC)
    with time_machine.travel(moment, tick=False):
        write(1, details=["naïve “quotes”", 'a "\\ b', "tab\there\x01\x7f", "🙂 ’"])

    entry = AuditEntry.objects.get()
    text = json.dumps(
        [
            1, "", entry.pk, "2026-03-29T00:59:59.000007Z", "2026-03-29T00:59:59.000007Z", "read", None,
            "privacy.retentionrun", "1", "", 'naïve “quotes”, a "\\ b, tab\there\x01\x7f, 🙂 ’', "", "",
        ],
        ensure_ascii=False,
    )  # fmt: skip
    assert entry.hash == sha256(text.encode()).hexdigest()
    assert canonical([getattr(entry, name) for name in CANONICAL]) == text


def test_the_hash_covers_every_column_but_itself() -> None:
    assert {field.name for field in AuditEntry._meta.local_concrete_fields} == {*CANONICAL, "hash"}


ALTERED: dict[str, Any] = {
    "id": 987654,
    "before": "0" * 64,
    "hash": "0" * 64,
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "kept_from": datetime(2020, 1, 1, tzinfo=UTC),
    "action": "exported",
    "by": 7,
    "table": "contact.prospect",
    "record_id": "7",
    "purpose": "news",
    "details": "email",
    "job": "a job",
    "request_id": "0123",
    "number": None,
}


def test_each_column_is_tried() -> None:
    assert set(ALTERED) == {*CANONICAL, "hash"}


@pytest.mark.parametrize("place", [1, 3, 5], ids=["first", "middle", "last"])
@pytest.mark.parametrize("column", ALTERED)
def test_an_altered_entry_is_found(column: str, place: int) -> None:
    write(1, 2, 3, 4, 5)

    with as_owner() as cursor:
        cursor.execute(f'UPDATE privacy_auditentry SET "{column}" = %s WHERE number = %s', [ALTERED[column], place])  # noqa: S608

    assert faults()
    assert any(number in {0, place, place + 1} for number, _ in faults())


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ((2,), [(3, "1 entry was taken out before it")]),
        ((2, 3), [(4, "2 entries were taken out before it")]),
        ((5,), [(5, "1 entry was cut off at the end")]),
        ((4, 5), [(4, "2 entries were cut off at the end")]),
        ((1, 2, 3, 4, 5), [(1, "5 entries were cut off at the end")]),
    ],
)
def test_what_was_taken_out_is_found(gone: tuple[int, ...], told: list[tuple[int, str]]) -> None:
    write(1, 2, 3, 4, 5)

    with as_owner() as cursor:
        cursor.execute("DELETE FROM privacy_auditentry WHERE number = ANY(%s)", [list(gone)])

    assert faults() == told


def test_entries_that_changed_places_are_found() -> None:
    write(1, 2, 3, 4)

    with as_owner() as cursor:
        cursor.execute("UPDATE privacy_auditentry SET number = -number WHERE number IN (2, 3)")
        cursor.execute("UPDATE privacy_auditentry SET number = 5 + number WHERE number < 0")

    assert [number for number, _ in faults()] == [2, 2, 3, 3, 4]


def test_an_entry_slipped_in_is_found() -> None:
    write(1, 2)

    with as_owner() as cursor:
        cursor.execute("UPDATE privacy_auditentry SET number = 3 WHERE number = 2")
        cursor.execute(
            'INSERT INTO privacy_auditentry (number, action, at, "by", job, request_id, "table", record_id, details,'
            ' purpose, kept_from, before, hash) SELECT 2, action, at, "by", job, request_id, "table", record_id,'
            " details, purpose, kept_from, hash, hash FROM privacy_auditentry WHERE number = 1"
        )

    assert 2 in [number for number, _ in faults()]


def test_entries_without_a_place_are_found() -> None:
    with as_owner():
        record_all(AuditEntry.Action.READ, RetentionRun, [1], by=None)

    assert [number for number, _ in faults()] == [0]


def test_an_end_that_was_moved_back_with_the_tail_is_found_by_an_anchor() -> None:
    write(1, 2, 3)
    known = anchors(3)

    with as_owner() as cursor:
        cursor.execute("DELETE FROM privacy_auditentry WHERE number = 3")
        cursor.execute("UPDATE privacy_audithead SET (number, hash) = (SELECT number, hash FROM privacy_auditentry"
                       " WHERE number = 2)")  # fmt: skip

    assert verify().is_whole
    assert verify(known).faults == [(3, "it was anchored outside the database, and is cut off")]


def test_a_trail_written_anew_is_found_by_an_anchor() -> None:
    write(1, 2, 3)
    known = anchors(2)
    with as_owner() as cursor:
        cursor.execute("TRUNCATE privacy_auditentry, privacy_audithead")
    write(1, 9, 3)

    assert verify().is_whole
    assert verify(known).faults == [(2, "it is not the one that was anchored outside the database")]


def test_an_old_end_dropped_before_its_time_is_found_by_an_anchor() -> None:
    with time_machine.travel("2026-03-31T10:00:00+00:00"):
        write(1, 2, 3)
        known = anchors(1, 2)
        with as_owner() as cursor:
            cursor.execute("DELETE FROM privacy_auditentry WHERE number < 3")

        assert [number for number, _ in verify(known).faults] == [1, 2]
    assert verify(known, now=datetime(2027, 4, 1, tzinfo=UTC)).is_whole


def test_the_purge_takes_the_old_end_and_the_rest_is_still_whole() -> None:
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        with time_machine.travel(f"{day}T10:00:00+00:00"):
            write(1, 2)
    known = anchors(1, 3, 6)

    with time_machine.travel("2027-03-02T10:30:00+00:00"):
        enforce_retention(RetentionRun.Trigger.COMMAND)
        seal()

        assert numbers()[:2] == [5, 6]
        assert verify(known).is_whole


def test_a_trail_whose_every_entry_was_due_goes_on_with_its_numbers() -> None:
    with time_machine.travel("2026-03-01T10:00:00+00:00"):
        write(1, 2)
    known = anchors(1, 2)
    with as_owner() as cursor:
        cursor.execute("DELETE FROM privacy_auditentry")

    assert verify(known, now=datetime(2027, 3, 1, 10, 1, tzinfo=UTC)).is_whole
    assert not verify(known, now=datetime(2027, 3, 1, 9, 59, tzinfo=UTC)).is_whole
    with time_machine.travel("2027-03-01T10:02:00+00:00"):
        write(3)
        assert numbers() == [3]
        assert verify(known).is_whole


@pytest.mark.parametrize("gone", [(2,), (3,), (2, 3)])
def test_nothing_of_ours_deletes_an_entry_while_an_older_one_stays(gone: tuple[int, ...]) -> None:
    write(1, 2, 3)

    with pytest.raises(DatabaseError, match="old end"), transaction.atomic(), rows_may_go():
        AuditEntry.objects.filter(number__in=gone).delete()

    assert numbers() == [1, 2, 3]


def test_a_clock_put_back_changes_no_order_and_no_date() -> None:
    with time_machine.travel("2026-05-02T10:00:00+00:00", tick=False):
        write(1)
    with time_machine.travel("2026-05-01T10:00:00+00:00", tick=False):
        write(2)

    first, second = AuditEntry.objects.order_by("number")
    assert (first.at - second.at, second.kept_from - first.kept_from) == (timedelta(days=1), timedelta(microseconds=1))
    assert verify().is_whole


def test_at_the_end_of_february_the_old_end_goes_first_all_the_same() -> None:
    """A year from 29 February 10:00 ends before a year from 28 February 12:00."""
    for moment in ("2028-02-28T12:00:00+00:00", "2028-02-29T10:00:00+00:00"):
        with time_machine.travel(moment, tick=False):
            write(1)

    run = enforce_retention(RetentionRun.Trigger.COMMAND, now=datetime(2029, 2, 28, 11, tzinfo=UTC))

    assert run.outcome == RetentionRun.Outcome.DONE
    assert numbers()[:2] == [1, 2]
    enforce_retention(RetentionRun.Trigger.COMMAND, now=datetime(2029, 3, 1, 3, tzinfo=UTC))
    seal()
    assert 1 not in numbers()
    assert 2 not in numbers()


def test_an_entry_of_a_savepoint_rolled_back_takes_no_number() -> None:
    record_all(AuditEntry.Action.READ, RetentionRun, [1], by=None)
    with transaction.atomic():
        record_all(AuditEntry.Action.READ, RetentionRun, [2], by=None)
        seal()
        transaction.set_rollback(True)
    record_all(AuditEntry.Action.READ, RetentionRun, [3], by=None)
    seal()

    assert list(AuditEntry.objects.order_by("number").values_list("number", "record_id")) == [(1, "1"), (2, "3")]
    assert verify().is_whole


def test_entries_are_sealed_once_in_a_transaction_and_those_after_it_too() -> None:
    for key in (1, 2, 3):
        write(key)

    assert numbers() == [1, 2, 3]


def test_the_command_says_that_it_is_whole_or_where_it_is_not() -> None:
    write(1, 2, 3)
    said, complained = StringIO(), StringIO()

    call_command("verify_audit", stdout=said)
    with as_owner() as cursor:
        cursor.execute("UPDATE privacy_auditentry SET record_id = '7' WHERE number = 2")
    with pytest.raises(CommandError, match="not whole: 1 fault"):
        call_command("verify_audit", stderr=complained)

    assert said.getvalue() == "The audit trail is whole: 3 entries, 1 to 3; 0 anchored outside the database.\n"
    assert complained.getvalue() == "Entry 2: it was altered.\n"


def test_an_empty_trail_is_whole() -> None:
    assert not AuditHead.objects.exists()
    assert verify().is_whole


def test_a_trail_broken_everywhere_is_told_in_twenty_lines() -> None:
    write(*range(50))

    with as_owner() as cursor:
        cursor.execute("UPDATE privacy_auditentry SET purpose = 'other'")

    assert len(verify().faults) == MOST


def test_a_piece_at_a_time_is_one_statement(django_assert_max_num_queries: Any) -> None:
    write(*range(2500))

    with django_assert_max_num_queries(3):
        assert verify(now=timezone.now()).entries == 2500


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_head_of_the_trail_waits_for_nobody() -> None:
    """A foreign key is checked at the commit too, and waits for its row: the head is taken after that."""
    run = RetentionRun.objects.create(
        trigger=RetentionRun.Trigger.COMMAND, started_at=timezone.now(), seen_at=timezone.now()
    )

    def refer_to_it() -> None:
        try:
            with transaction.atomic():
                record_all(AuditEntry.Action.READ, RetentionRun, [1], by=None)
                RetentionCount.objects.create(run=run, rule="a rule", cutoff=timezone.now())
        finally:
            connection.close()

    other = Thread(target=refer_to_it)
    with transaction.atomic():
        RetentionRun.objects.select_for_update().get(pk=run.pk)
        other.start()
        wait_until_somebody_waits()
        record_all(AuditEntry.Action.READ, RetentionRun, [2], by=None)
    other.join()

    assert list(AuditEntry.objects.order_by("number").values_list("record_id", flat=True)) == ["2", "1"]
    assert RetentionCount.objects.exists()
    assert verify().is_whole


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_one_place_each() -> None:
    def write_ten() -> None:
        try:
            for key in range(10):
                with transaction.atomic():
                    record_all(AuditEntry.Action.READ, RetentionRun, [key, key], by=None)
        finally:
            connection.close()

    others = [Thread(target=write_ten) for _ in range(4)]
    for other in others:
        other.start()
    for other in others:
        other.join()

    assert numbers() == list(range(1, 81))
    assert verify().is_whole
