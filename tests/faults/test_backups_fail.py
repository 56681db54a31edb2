"""A backup that is killed between its steps, or finds the disk full, leaves nothing that is taken for one."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.consents.models import Wording
from privacy.continuity.age import drill_key_file
from privacy.continuity.backup import make_backup
from privacy.continuity.models import Backup
from privacy.continuity.private import remove_leftovers
from privacy.continuity.refusal import Refused
from privacy.continuity.rotation import FOLDER, kept
from privacy.continuity.storage import continuity
from tests.continuity.own_database import store_in
from tests.faults.disk import fill, mounted
from tests.faults.test_killed_at_each_step import KILLED, ask, points, stepwise
from tests.privacy.test_retention_at_once import wait_until_the_server_noticed

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.promise("P7.4"),
]
OPERATOR = str(Identity.generate().to_public())
ROOM = 256 * 1024
"""Bytes left: enough for the ledger's lines, and not for a backup."""


@pytest.fixture(autouse=True)
def _operator(settings: Settings) -> Iterator[None]:
    settings.BACKUP_RECIPIENT = OPERATOR
    yield
    drill_key_file().unlink(missing_ok=True)


def stored() -> list[Path]:
    """What lies among the backups, whatever its name."""
    folder = Path(continuity().path(FOLDER))
    return sorted(folder.iterdir()) if folder.exists() else []


def all_are_whole() -> bool:
    """Whether what is taken for a backup is, to the last byte, what was made."""
    return all(
        hashlib.sha256(Path(continuity().path(backup.name)).read_bytes()).hexdigest() == backup.sha256
        for backup in kept()
    )


@pytest.mark.services
def test_a_backup_killed_at_any_step_is_none_and_the_next_clears_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_in(tmp_path, monkeypatch)
    with stepwise("backup", tmp_path, BACKUP_RECIPIENT=OPERATOR) as process:
        steps = int(ask(process, 0))
        for point in points(steps):
            assert ask(process, point) == KILLED, f"{point} of {steps}"
            wait_until_the_server_noticed()
            assert all_are_whole(), point

            assert int(ask(process, 0)) > 0, point
            assert all_are_whole(), point
            assert len(stored()) == kept().count(), point
            assert not Backup.objects.filter(state=Backup.State.BEING_STORED).exists(), point
            assert remove_leftovers() == 0, point


@pytest.mark.parametrize("full", ["the storage", "where it is written first"])
def test_a_full_disk_is_told_and_leaves_nothing_and_once_freed_a_backup_is_made(
    full: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    for number in range(8):  # Random, so that it does not shrink.
        Wording.objects.create(digest=f"{number:064}", text=secrets.token_hex(200_000))
    with mounted(tmp_path, "8m") as disk:
        store_in(disk if full == "the storage" else tmp_path / "elsewhere", monkeypatch)
        if full != "the storage":
            settings.PLACES = replace(settings.PLACES, var=disk)
        ballast = fill(disk, leaving=ROOM)

        with pytest.raises(Refused, match="disk is full"):
            make_backup()

        assert stored() == []
        assert not kept().exists()
        assert list(Backup.objects.values_list("state", flat=True)) == [Backup.State.FAILED]
        assert remove_leftovers() == 0
        ballast.unlink()
        assert make_backup() is not None
        assert all_are_whole()
        assert len(stored()) == kept().count() == 1
