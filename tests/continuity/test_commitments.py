"""Each promise about backups is seen broken, and kept again."""

from datetime import timedelta

import pytest
from django.core import checks
from django.utils import timezone

from privacy.commitments.checking import look
from privacy.commitments.frame import all_commitments
from privacy.continuity.age import recovery_key_file
from privacy.continuity.commitments import last_backup
from privacy.continuity.models import Backup, Drill

pytestmark = pytest.mark.django_db


def kept(name: str) -> bool:
    finding, error = look(next(each for each in all_commitments() if each.name == name), timezone.now())
    assert error == ""
    return finding.kept


def backup(**age: float) -> None:
    at = timezone.now() - timedelta(**age)
    Backup.objects.create(name=f"backups/{at:%Y%m%dT%H%M%S}", state=Backup.State.STORED, made_at=at)


@pytest.mark.promise("P7.4", "P7.3")
def test_a_night_without_a_backup_is_found() -> None:
    backup(hours=27)
    before = kept("backups-are-made")

    backup(hours=1)

    assert (before, kept("backups-are-made")) == (False, True)


@pytest.mark.promise("P7.4", "P7.5")
def test_a_drill_that_failed_or_was_left_out_is_found() -> None:
    now = timezone.now()
    Drill.objects.create(started_at=now - timedelta(days=9), passed=True)
    late = kept("restore-drill")
    Drill.objects.create(started_at=now - timedelta(days=1), passed=False)
    failed = kept("restore-drill")

    Drill.objects.create(started_at=now, passed=True)

    assert (late, failed, kept("restore-drill")) == (False, False, True)


@pytest.mark.promise("P5.3", "P8.0")
def test_a_backup_past_its_time_is_found_but_for_the_newest() -> None:
    backup(days=40)
    alone = kept("backups-go")
    backup(hours=1)
    with_a_newer = kept("backups-go")

    Backup.objects.order_by("made_at").first().delete()  # type: ignore[union-attr]

    assert (alone, with_a_newer, kept("backups-go")) == (True, False, True)


@pytest.mark.promise("P7.1")
def test_a_recovery_key_that_still_lies_here_is_told_before_deploying_and_beside_the_backups() -> None:
    def complaints() -> list[str]:
        found = checks.run_checks(include_deployment_checks=True)
        return [message.msg for message in found if message.id == "privacy.W001"]

    before = (complaints(), last_backup(timezone.now()).where)
    recovery_key_file().write_text("AGE-SECRET-KEY-1…")
    try:
        assert before == ([], [])
        assert [str(recovery_key_file()) in told for told in complaints()] == [True]
        assert last_backup(timezone.now()).where == ["VAR_DIR/recovery-key.txt still lies on this machine"]
    finally:
        recovery_key_file().unlink()
