"""Each promise about backups is seen broken, and kept again."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import checks
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from pytest_django import Settings

from customerlabs.serving.places import Places
from privacy.commitments.checking import check_commitments, look
from privacy.commitments.frame import all_commitments
from privacy.continuity import ledger, lines
from privacy.continuity.age import recovery_key_file
from privacy.continuity.commitments import last_backup, last_drill
from privacy.continuity.forgetting import forget_lines
from privacy.continuity.models import Backup, Drill
from privacy.continuity.storage import continuity

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


@pytest.mark.promise("P7.5")
def test_staff_read_how_long_the_last_drill_took_and_how_old_its_data_was() -> None:
    now = timezone.now()
    Drill.objects.create(started_at=now, passed=True, seconds=1.25, data_from=now - timedelta(minutes=15))

    with translation.override("en"):
        assert last_drill(now).where == ["restored in 1.25 s", "data 0.2 h old"]
    watched = check_commitments([commitment for commitment in all_commitments() if commitment.name == "restore-drill"])
    assert watched[0].where.splitlines() == ["restaurée en 1,25\xa0s", "données vieilles de 0,2\xa0h"]


@pytest.mark.promise("P5.3", "P8.0")
def test_a_backup_past_its_time_is_found_but_for_the_newest() -> None:
    backup(days=40)
    alone = kept("backups-go")
    backup(hours=1)
    with_a_newer = kept("backups-go")

    Backup.objects.order_by("made_at").first().delete()  # type: ignore[union-attr]

    assert (alone, with_a_newer, kept("backups-go")) == (True, False, True)


@pytest.mark.promise("P7.1")
def test_a_recovery_key_that_still_lies_here_is_told_before_deploying_and_beside_the_backups(
    tmp_path: Path, settings: Settings
) -> None:
    settings.PLACES = Places(tmp_path)

    def complaints() -> list[str]:
        found = checks.run_checks(include_deployment_checks=True)
        return [message.msg for message in found if message.id == "privacy.W001"]

    before = (complaints(), last_backup(timezone.now()).where)
    recovery_key_file().write_text("AGE-SECRET-KEY-1…")

    assert before == ([], [])
    assert [str(recovery_key_file()) in told for told in complaints()] == [True]
    assert last_backup(timezone.now()).where == ["VAR_DIR/recovery-key.txt se trouve encore sur cette machine"]


def written(**age: float) -> None:
    with time_machine.travel(timezone.now() - timedelta(**age), tick=False), transaction.atomic():
        ledger.record(ledger.Kind.ERASURE, keys=["k:1"], request="R")


@pytest.mark.promise("P5.3", "P7.4")
def test_a_line_of_the_ledger_that_was_altered_or_taken_away_is_found() -> None:
    for _ in range(3):
        written(hours=1)
    whole = kept("ledger-is-whole")
    name = lines.name_of(1)
    with continuity().open(name) as file:
        content = file.read()

    continuity().delete(name)
    missing = kept("ledger-is-whole")
    continuity().save(name, ContentFile(content.replace(b'"R"', b'"S"')))

    assert (whole, missing, kept("ledger-is-whole")) == (True, False, False)


@pytest.mark.promise("P5.3", "P7.4")
def test_a_ledger_that_lost_its_end_is_found() -> None:
    for _ in range(3):
        written(hours=1)

    continuity().delete(lines.name_of(2))

    assert not kept("ledger-is-whole")


@pytest.mark.promise("P5.3", "P8.0")
def test_lines_that_no_backup_needs_are_forgotten_from_the_old_end() -> None:
    for days in (60, 50, 40, 30, 1):
        written(days=days)
    late = kept("ledger-lines-go")
    needed = Backup.objects.create(
        name="backups/old", state=Backup.State.STORED, made_at=timezone.now() - timedelta(days=55), ledger_number=1
    )

    assert forget_lines(timezone.now()) == 1
    needed.delete()
    assert forget_lines(timezone.now()) == 2

    assert (late, kept("ledger-lines-go"), kept("ledger-is-whole")) == (False, True, True)
    assert [line.number for line in ledger.all_lines()] == [3, 4]


@pytest.mark.promise("P5.3")
def test_the_last_line_is_never_forgotten() -> None:
    written(days=300)

    assert forget_lines(timezone.now()) == 0
    written(hours=1)
    assert ledger.head() == ledger.end()
