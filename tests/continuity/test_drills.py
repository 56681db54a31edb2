"""The weekly drill tries what a restore would do, on whichever machine a worker takes it (P7.5)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.continuity.age import drill_key_file
from privacy.continuity.backup import make_backup
from privacy.continuity.drill import drill
from privacy.continuity.models import Backup, Drill
from privacy.continuity.refusal import Refused
from privacy.continuity.rotation import kept
from privacy.continuity.tasks import restore_drill_weekly
from tests.continuity.own_database import database_of_its_own, store_in
from tests.objections.test_objecting import objects

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P7.5", "P7.4")]


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())
    store_in(tmp_path, monkeypatch)
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    yield
    drill_key_file().unlink(missing_ok=True)


def nothing(text: str) -> None:
    """What is said on the way is of no interest."""


def rename(before: str, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE privacy_objection RENAME COLUMN "{before}" TO "{after}"')


def test_a_backup_from_before_an_upgrade_is_brought_to_the_tables_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    with database_of_its_own():
        rename("at", "said_at")
        assert make_backup() is not None
        rename("said_at", "at")
        objects()

        def migrate(*_: Any, **__: Any) -> None:
            rename("said_at", "at")

        monkeypatch.setattr("privacy.continuity.restore.call_command", migrate)
        done = drill(nothing)

    assert done.passed, done.problem
    assert done.lines


def test_a_machine_that_made_no_backup_lately_makes_one_to_try() -> None:
    make_backup()
    drill_key_file().write_text(f"# opens backups/another.age and no other\n{Identity.generate()}\n")

    restore_drill_weekly()

    assert kept().count() == 2
    tried = Drill.objects.get()
    assert (tried.passed, tried.backup) == (True, kept()[0].name)

    restore_drill_weekly()
    assert kept().count() == 2


def test_what_it_lacks_is_written_down_when_none_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup()
    drill_key_file().unlink()

    def refused() -> Backup:
        raise Refused("The disk is full.")

    monkeypatch.setattr("privacy.continuity.tasks.make_backup", refused)

    restore_drill_weekly()

    assert "key of the latest backup is not on this machine" in Drill.objects.get().problem
