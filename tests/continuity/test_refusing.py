"""A restore that can't go well is refused, says what to do, and nothing is touched (P7.4)."""

import io
import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from pyrage.x25519 import Identity

from privacy.continuity import fitness
from privacy.continuity.backup import make_backup
from privacy.continuity.manifest import FORMAT, Manifest
from privacy.continuity.programs import Server
from privacy.continuity.rotation import files
from privacy.continuity.storage import continuity
from tests.consents.people import wrote
from tests.continuity.own_database import beside, database_of_its_own, store_apart
from tests.privacy.planting import database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P7.4")]
OPERATOR = Identity.generate()


@dataclass
class Kept:
    """What an operator has: a backup, the recovery key, the ledger in its place."""

    backup: Path
    key: Path
    ledger: Path


Spoil = Callable[[Kept, pytest.MonkeyPatch], object]


def another_key(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    kept.key.write_text(f"{Identity.generate()}\n")


def no_key_file(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    kept.key.unlink()


def cut_short(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    kept.backup.write_bytes(kept.backup.read_bytes()[:-1])


def altered(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    content = bytearray(kept.backup.read_bytes())
    content[len(content) // 2] ^= 1
    kept.backup.write_bytes(content)


def no_backup(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    kept.backup.unlink()


def says(**otherwise: Any) -> Spoil:
    """The backup says something else of itself."""

    def spoil(kept: Kept, patch: pytest.MonkeyPatch) -> None:
        read = Manifest.read
        patch.setattr(Manifest, "read", lambda line, name: replace(read(line, name), **otherwise))

    return spoil


def newer_format(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    read = Manifest.read
    newer = {"format": FORMAT + 1}
    patch.setattr(Manifest, "read", lambda line, name: read(json.dumps(json.loads(line) | newer).encode(), name))


def keys_are_not_here(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "SUBJECT_KEYS", ["another"])


def no_ledger(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(kept.ledger)


def older_ledger(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    """It ends before the line that the dump knows as the last."""
    max(kept.ledger.iterdir()).unlink()


def altered_ledger(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    last = max(kept.ledger.iterdir())
    last.write_text(last.read_text().replace('"backup"', '"erasure"'))


def older_programs(kept: Kept, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fitness, "version_of", lambda name: 9)


REFUSED: dict[str, tuple[Spoil, str]] = {
    "another key": (another_key, "was encrypted for another one"),
    "no key": (no_key_file, "can’t be read .* Bring the recovery key"),
    "a truncated file": (cut_short, "cut short or altered"),
    "an altered file": (altered, "cut short or altered"),
    "no file": (no_backup, "There is no file"),
    "a newer program": (says(migrations={"privacy": "9999_later"}), "newer version of this program"),
    "a newer format": (newer_format, "newer version of this program"),
    "a newer server": (says(postgres=99), "comes from PostgreSQL 99"),
    "older programs": (older_programs, "POSTGRES_PROGRAMS"),
    "keys of the site missing": (keys_are_not_here, r"keys of SUBJECT_KEYS .* import_keys"),
    "no ledger": (no_ledger, "Put back the folder `ledger`"),
    "a ledger that lacks the dump's head": (older_ledger, "Put back the folder `ledger`"),
    "an altered ledger": (altered_ledger, "Put back the folder `ledger`"),
}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """The tests' own server runs already, and is not to be stopped."""
    monkeypatch.setattr("customerlabs.management.commands.restore.database_alone", nullcontext)
    monkeypatch.setattr(settings, "BACKUP_RECIPIENT", str(OPERATOR.to_public()))
    store_apart(tmp_path / "storage", monkeypatch)
    return Kept(tmp_path / "b.age", tmp_path / "key.txt", tmp_path / "storage/ledger")


def type_restore(kept: Kept) -> None:
    connection.close()
    call_command("restore", str(kept.backup), identity=kept.key, stdout=io.StringIO())


def test_what_can_not_go_well_is_refused_before_anything_is_touched(kept: Kept, tmp_path: Path) -> None:
    with database_of_its_own() as live:
        wrote()
        assert make_backup() is not None
        made = Path(continuity().path(next(iter(files()))[0])).read_bytes()
        shutil.copytree(kept.ledger, tmp_path / "whole")
        before = list(database())
        for spoil, said in REFUSED.values():
            shutil.rmtree(kept.ledger, ignore_errors=True)
            shutil.copytree(tmp_path / "whole", kept.ledger)
            kept.backup.write_bytes(made)
            kept.key.write_text(f"{OPERATOR}\n")
            with pytest.MonkeyPatch.context() as patch:
                spoil(kept, patch)
                lines = sorted(path.name for path in kept.ledger.parent.rglob("*.json"))
                with pytest.raises(CommandError, match=said):
                    type_restore(kept)

            assert beside() == [live], said
            assert list(database()) == before, said
            assert sorted(path.name for path in kept.ledger.parent.rglob("*.json")) == lines, said


def test_a_site_that_still_runs_is_not_restored_over(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.continuity.databases.NOTICED", 0.2)
    with database_of_its_own() as live:
        assert make_backup() is not None
        kept.backup.write_bytes(Path(continuity().path(next(iter(files()))[0])).read_bytes())
        kept.key.write_text(f"{OPERATOR}\n")
        with Server.of_the_site().connect(live), pytest.raises(CommandError, match=r"1 connections .* the site still"):
            type_restore(kept)

        assert beside() == [live]
