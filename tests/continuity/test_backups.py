"""Backups are encrypted, whole or refused, and restored row for row (P7.4, P7.5)."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import InMemoryStorage, storages
from django.db import connection
from django.utils import timezone
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.consents.models import Wording
from privacy.continuity.age import drill_key_file, read_identities
from privacy.continuity.backup import make_backup
from privacy.continuity.commitments import backups_past_their_time, last_backup, last_drill
from privacy.continuity.drill import drill
from privacy.continuity.keys import exported, imported
from privacy.continuity.models import Backup
from privacy.continuity.private import remove_leftovers
from privacy.continuity.reading import BackupFile
from privacy.continuity.refusal import Refused
from privacy.continuity.restore import examined
from privacy.continuity.rotation import new_name, rotate
from privacy.continuity.storage import DurableFiles, continuity
from privacy.registry import keys_to, registry
from tests.continuity.own_database import store_apart

pytestmark = [pytest.mark.promise("P7.4"), pytest.mark.promise("P7.5")]
OPERATOR = Identity.generate()
CANARY = "canary-of-the-backups"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BACKUP_RECIPIENT = str(OPERATOR.to_public())
    store_apart(tmp_path, monkeypatch)


def nothing(text: str) -> None:
    """What is said on the way is of no interest."""


def backup_file(content: bytes, *identities: Identity) -> BackupFile:
    return BackupFile("b.age", lambda: contextlib.closing(io.BytesIO(content)), identities or [OPERATOR])


def made() -> tuple[Backup, bytes]:
    Wording.objects.create(digest="d" * 64, text=CANARY)
    backup = make_backup()
    assert backup is not None
    with continuity().open(backup.name) as file:
        return backup, file.read()


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_encrypted_and_a_drill_restores_it_row_for_row() -> None:
    backup, content = made()

    assert CANARY.encode() not in content
    assert len(content) == backup.size
    assert not list(Path(continuity().path("backups")).glob(".*"))
    assert remove_leftovers() == 0
    manifest = examined(backup_file(content), nothing)
    assert manifest.tables["public.privacy_wording"].rows == 1
    assert read_identities(drill_key_file())  # this machine can read this one
    done = drill(nothing)
    assert done.passed, done.problem
    assert done.rows == manifest.rows
    now = timezone.now()
    assert last_backup(now).kept
    assert last_drill(now).kept
    assert not last_backup(now + timedelta(hours=27)).kept
    assert not last_drill(now + timedelta(days=9)).kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%%_drill'")
        assert cursor.fetchone() == (0,)

    # Whatever is wrong with the file is said before anything is touched.
    other = Identity.generate()
    for wrong, said in (
        (backup_file(content[:-1]), "cut short or altered"),
        (backup_file(content[:-500] + bytes([content[-500] ^ 1]) + content[-499:]), "cut short or altered"),
        (backup_file(content, other), "was encrypted for another one"),
        (backup_file(b"PGDMP" * 100), "no encrypted file of this site"),
        (backup_file(b""), "is empty"),
    ):
        with pytest.raises(Refused, match=said):
            examined(wrong, nothing)


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_is_no_disk_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storages._storages, "continuity", InMemoryStorage())  # type: ignore[attr-defined]

    backup, content = made()

    assert len(content) == backup.size
    assert drill(nothing).passed


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_does_not_fit_is_refused_with_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _backup, content = made()
    file = backup_file(content)

    before = settings.SUBJECT_KEYS
    settings.SUBJECT_KEYS = ["another"]
    with pytest.raises(Refused, match=r"keys of SUBJECT_KEYS .* import_keys"):
        examined(file, nothing)
    settings.SUBJECT_KEYS = ["a newer one", *before]
    examined(file, nothing)
    with monkeypatch.context() as patched:
        empty = DurableFiles(location=tmp_path / "empty")
        patched.setitem(storages._storages, "continuity", empty)  # type: ignore[attr-defined]
        with pytest.raises(Refused, match="Put back the folder `ledger`"):
            examined(file, nothing)
    with monkeypatch.context() as patched:
        patched.setattr(
            "privacy.continuity.fitness.MigrationLoader",
            lambda *_a, **_k: type("Older", (), {"disk_migrations": {}}),
        )
        with pytest.raises(Refused, match="newer version of this program"):
            examined(file, nothing)
    settings.BACKUP_RECIPIENT = "age1nonsense"
    with pytest.raises(Refused, match="BACKUP_RECIPIENT is no public key"):
        make_backup()
    assert Backup.objects.filter(state=Backup.State.FAILED).count() == 1


@pytest.mark.django_db
def test_backups_go_in_turn_and_the_newest_stays(settings: Settings) -> None:
    now = timezone.now()
    Path(continuity().path("backups")).mkdir(parents=True)
    for days in range(40):
        at = now - timedelta(days=days)
        kind = Backup.Kind.WEEKLY if days % 7 == 6 else Backup.Kind.DAILY
        Path(continuity().path(new_name(kind, at))).touch()

    rotate(now)  # It knows none of them from the database: they are found.

    ages = sorted(
        (now - made_at).days for made_at in Backup.objects.filter(state="found").values_list("made_at", flat=True)
    )
    assert ages == [0, 1, 2, 3, 4, 5, 6, 13, 20, 27]
    assert backups_past_their_time(now).kept
    later = now + timedelta(days=90)
    assert backups_past_their_time(later).number == 9
    rotate(later)
    assert Backup.objects.filter(state="found").count() == 1
    assert settings.BACKUP_ROLLOVER.days == 28


def test_no_key_leads_from_what_is_kept_to_what_no_backup_holds() -> None:
    left_out = [table.model for table in registry.tables() if table.left_out_of_backups]

    assert len(left_out) == 5
    for model in left_out:
        for key in keys_to(model):
            assert key.model in left_out, key
    assert apps.get_model("privacy", "Paper") in left_out


def test_keys_come_back_as_they_were(tmp_path: Path, settings: Settings) -> None:
    sealed = tmp_path / "keys.age"
    sealed.write_bytes(exported())

    keys = imported(sealed, [OPERATOR])

    assert keys["SUBJECT_KEYS"] == ",".join(settings.SUBJECT_KEYS)
    assert keys["BACKUP_RECIPIENT"] == str(OPERATOR.to_public())
    assert settings.SECRET_KEY.encode() not in sealed.read_bytes()
    with pytest.raises(Refused, match="encrypted for another one"):
        imported(sealed, [Identity.generate()])
