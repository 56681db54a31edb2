"""No key of the site stands in its database or in a backup of it, and each backup has its own (P7.1, P7.4)."""

import contextlib
import io
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.continuity.age import decrypt, drill_key_file, read_identities
from privacy.continuity.backup import make_backup
from privacy.continuity.models import Backup
from privacy.continuity.programs import program
from privacy.continuity.refusal import Refused
from privacy.continuity.storage import continuity
from privacy.rekeying import move_rows
from privacy.rings import RINGS, ring
from privacy.subjects import key_name
from tests.consents.people import wrote
from tests.continuity.own_database import store_apart
from tests.papers.people import with_papers
from tests.privacy.planting import database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P7.1"), pytest.mark.promise("P7.4")]
OPERATOR = Identity.generate()


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    settings.BACKUP_RECIPIENT = str(OPERATOR.to_public())
    store_apart(tmp_path, monkeypatch)


def every_key() -> list[str]:
    """Those of the rings, the private halves of the keys of backups, and the password of the database."""
    drill = drill_key_file().read_text(encoding="utf-8").splitlines()[-1]
    password = str(settings.DATABASES["default"].get("PASSWORD", ""))
    keys = [*(key for name in RINGS for key in ring(name)), str(OPERATOR), drill, *filter(None, [password])]
    assert all(len(key) > 8 for key in keys)
    return keys


def test_no_key_stands_in_a_backup_or_in_any_table(tmp_path: Path) -> None:
    request = wrote()
    with_papers()
    backup = make_backup()
    assert backup is not None

    opened = io.BytesIO()
    with contextlib.closing(continuity().open(backup.name)) as file:
        decrypt(file, opened, [OPERATOR], name=backup.name)
    manifest, _, dump = opened.getvalue().partition(b"\n")
    (tmp_path / "dump").write_bytes(dump)
    restored = subprocess.run(
        [program("pg_restore"), "--file=-", tmp_path / "dump"], capture_output=True, check=True
    ).stdout

    assert request.message.encode() in restored  # It is what was held, in clear.
    tables = "".join(database())
    assert request.message in tables
    for key in every_key():
        assert key.encode() not in manifest
        assert key.encode() not in restored
        assert key not in tables
        assert key.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "ledger").iterdir())


def opens(backup: Backup | None, key: Identity) -> bool:
    assert backup is not None
    try:
        with contextlib.closing(continuity().open(backup.name)) as file:
            decrypt(file, io.BytesIO(), [key], name=backup.name)
    except Refused:
        return False
    return True


def test_after_a_change_of_the_recovery_key_each_backup_opens_with_the_one_of_its_day(settings: Settings) -> None:
    newer = Identity.generate()
    before = make_backup()
    drill_before = read_identities(drill_key_file())[0]

    settings.BACKUP_RECIPIENT = str(newer.to_public())
    after = make_backup()

    drill_after = read_identities(drill_key_file())[0]
    keys = (OPERATOR, newer, drill_before, drill_after)
    assert [opens(before, key) for key in keys] == [True, False, True, False]
    assert [opens(after, key) for key in keys] == [False, True, False, True]


def test_a_backup_notes_which_subject_keys_its_rows_carry(settings: Settings) -> None:
    wrote()
    old = settings.SUBJECT_KEYS[0]
    settings.SUBJECT_KEYS = ["a newer key", old]

    both = make_backup()
    move_rows()
    newest = make_backup()

    assert both is not None
    assert newest is not None
    assert both.subject_keys == f"{key_name('a newer key')},{key_name(old)}"
    assert newest.subject_keys == key_name("a newer key")
