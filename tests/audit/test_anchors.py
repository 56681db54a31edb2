"""The trail's end is written down outside the database each hour, so that what is cut off shows."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from privacy.audit.anchors import anchor, anchors
from privacy.audit.models import AuditEntry
from privacy.audit.services import head
from privacy.audit.tasks import anchor_audit
from privacy.audit.verifying import verify
from privacy.commitments.checking import look
from privacy.commitments.frame import all_commitments
from privacy.continuity import ledger
from privacy.models import RetentionRun
from privacy.periods import Period
from privacy.retention.engine import enforce_retention
from tests.audit.chain import as_owner, seal, write

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
BACK_BY_ONE = (
    "DELETE FROM privacy_auditentry WHERE number = (SELECT max(number) FROM privacy_auditentry)",
    "UPDATE privacy_audithead SET (number, hash, kept_from) ="
    " (SELECT number, hash, kept_from FROM privacy_auditentry ORDER BY number DESC LIMIT 1)",
)


def cut_without_a_trace() -> None:
    with as_owner() as cursor:
        for statement in BACK_BY_ONE:
            cursor.execute(statement)


def is_kept() -> bool:
    finding, error = look(next(each for each in all_commitments() if each.name == "audit-whole"), timezone.now())
    assert error == ""
    return finding.kept


def test_an_anchor_is_written_when_the_trail_has_moved_and_not_twice() -> None:
    assert anchor() is False
    write(1, 2)

    assert [anchor(), anchor()] == [True, False]
    write(3)
    anchor_audit()

    assert sorted(anchors()) == [2, 3]
    assert anchors()[3].hash == head().hash
    assert is_kept()


def test_a_tail_cut_without_a_trace_is_found_by_the_command_and_the_commitment() -> None:
    write(1, 2, 3)
    anchor()

    cut_without_a_trace()

    assert verify().is_whole
    assert not is_kept()
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", stderr=StringIO())


@pytest.mark.promise("P8.0")
def test_an_old_end_cut_off_long_after_it_was_anchored_is_found() -> None:
    for days in (300, 200, 100):
        with time_machine.travel(timezone.now() - timedelta(days=days)):
            write(days)
    anchor()  # Those of the days themselves are forgotten by now.
    assert is_kept()

    with as_owner() as cursor:
        cursor.execute("DELETE FROM privacy_auditentry WHERE number < 3")
    write(9)
    anchor()

    assert verify().is_whole
    assert not is_kept()


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize("now_kept", ["12 months", "2 months", "3 years"])
def test_an_old_end_that_went_in_time_is_missed_by_nobody_however_long_entries_are_kept_since(
    now_kept: str, settings: Any
) -> None:
    for days in (300, 1):
        with time_machine.travel(timezone.now() - timedelta(days=days)):
            write(days)
    anchor()
    if now_kept == "2 months":
        settings.AUDIT_RETENTION = Period.parse(now_kept)

    with time_machine.travel(timezone.now() + timedelta(days=70 if now_kept != "2 months" else 0)):
        enforce_retention(RetentionRun.Trigger.COMMAND)
        seal()
        settings.AUDIT_RETENTION = Period.parse(now_kept)
        assert AuditEntry.objects.order_by("number")[0].number == 2
        assert is_kept()


def test_another_entry_in_the_place_of_the_one_cut_off_is_found() -> None:
    write(1, 2, 3)
    anchor()

    cut_without_a_trace()
    write(9)
    anchor()

    assert not is_kept()


def test_after_a_restore_the_trail_may_end_earlier() -> None:
    write(1, 2, 3)
    anchor()
    cut_without_a_trace()
    with transaction.atomic():
        ledger.record(ledger.Kind.RESTORED, audit_number=head().number, audit_hash=head().hash)

    assert is_kept()
    write(9)
    anchor()
    assert is_kept()
    assert sorted(anchors()) == [2, 3]


def test_what_was_altered_before_a_restore_is_found_after_it() -> None:
    write(1, 2, 3)
    with transaction.atomic():
        ledger.record(ledger.Kind.RESTORED, audit_number=3, audit_hash="0" * 64)

    assert not is_kept()
