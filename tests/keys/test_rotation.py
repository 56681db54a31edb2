"""A key is changed, and nothing is lost: what was made under the old one opens, is verified (subject keys apart)."""

import secrets
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from contact.models import Prospect
from customerlabs.serving.places import Places
from privacy.audit.models import AuditEntry
from privacy.papers.models import PaperChunk
from privacy.rekeying import move_files
from privacy.rights.fulfilment import signing
from privacy.rings import ring
from privacy.sealing import CannotUnseal, seal, unseal
from tests.consents.people import wrote
from tests.desk.desk import INBOX, member, signed_in
from tests.papers.people import with_papers
from tests.prospects.people import confirmed, stop_link

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
NEW = secrets.token_urlsafe(48)


def change(settings: Any, name: str, *, drop: bool = False) -> None:
    """Put a new key before the others, or in their place."""
    keys = [NEW] if drop else [NEW, *ring(name)]
    if name == "SECRET_KEY":
        settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = keys
    else:
        setattr(settings, name, keys)


def keys(*arguments: str) -> str:
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def line_of(said: str, name: str, place: int) -> str:
    """What is said of one key of a ring."""
    return said.split(f"{name}: ")[1].splitlines()[1 + place]


# SECRET_KEY


@pytest.mark.promise("P5.6")
def test_the_oldest_link_to_stop_our_news_works_after_a_change(client: Client, settings: Any) -> None:
    link = stop_link(confirmed(), "fr")
    change(settings, "SECRET_KEY")

    answer = client.post(link)

    assert answer.status_code in {200, 302}
    assert not Prospect.objects.confirmed().exists()


def test_a_link_under_a_dropped_key_says_so_and_does_nothing(client: Client, settings: Any) -> None:
    link = stop_link(confirmed(), "fr")
    change(settings, "SECRET_KEY", drop=True)

    assert client.post(link).status_code == 410
    assert Prospect.objects.confirmed().exists()


@pytest.mark.parametrize(("drop", "status"), [(False, 200), (True, 302)])
def test_who_is_signed_in_stays_so_unless_the_old_key_is_dropped(settings: Any, drop: bool, status: int) -> None:
    client = signed_in(member())
    assert client.get(INBOX).status_code == 200

    change(settings, "SECRET_KEY", drop=drop)

    assert client.get(INBOX).status_code == status


# FILE_KEYS, RECEIPT_KEYS


def test_sealed_papers_move_to_the_newest_key(settings: Any) -> None:
    with_papers()
    change(settings, "FILE_KEYS")
    assert "keep it" in line_of(keys(), "FILE_KEYS", 1)

    assert move_files() == PaperChunk.objects.count() > 0

    assert "may be dropped" in line_of(keys(), "FILE_KEYS", 1)
    settings.FILE_KEYS = [NEW]
    assert all(unseal(bytes(chunk.sealed)) for chunk in PaperChunk.objects.all())


def test_moving_to_a_newer_key_is_in_the_trail_by_table_and_number_alone(settings: Any) -> None:
    wrote()
    with_papers()
    change(settings, "SUBJECT_KEYS")
    change(settings, "FILE_KEYS")

    keys("--move")

    told = {entry.table: entry for entry in AuditEntry.objects.filter(action="changed", record_id="")}
    assert told["contact.contactrequest"].details == "SUBJECT_KEYS, rows: 1"
    assert told["privacy.paperchunk"].details == f"FILE_KEYS, rows: {PaperChunk.objects.count()}"
    assert {entry.by for entry in told.values()} == {None}


def test_a_sealed_piece_whose_key_is_gone_is_told_and_left(settings: Any) -> None:
    with_papers()
    before = [bytes(chunk.sealed) for chunk in PaperChunk.objects.order_by("pk")]
    change(settings, "FILE_KEYS", drop=True)

    with pytest.raises(CommandError, match="put it back"):
        keys("--move")

    assert [bytes(chunk.sealed) for chunk in PaperChunk.objects.order_by("pk")] == before
    with pytest.raises(CannotUnseal):
        unseal(before[0])


def test_a_receipt_signed_before_a_change_is_verified_after_it(settings: Any) -> None:
    old = signing.sign({"reference": "AAAA-AAAA"})
    change(settings, "RECEIPT_KEYS")

    new = signing.sign({"reference": "BBBB-BBBB"})

    assert old["key"] != new["key"]
    assert [signing.verify(document)["reference"] for document in (old, new)] == ["AAAA-AAAA", "BBBB-BBBB"]


# The command


@pytest.mark.parametrize("name", ["SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS"])
def test_a_new_key_is_put_before_the_others_for_its_owner_alone(settings: Any, tmp_path: Path, name: str) -> None:
    settings.PLACES, settings.EMBEDDED_DATABASE = Places(tmp_path), True
    before = ring(name)

    said = keys("--new", name)

    path = tmp_path / "secrets" / name.lower()
    new, *old = path.read_text().strip().split(",")
    assert old == before
    assert len(new) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert new not in said


def test_keys_of_the_environment_are_changed_there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMBEDDED_DATABASE = True
    monkeypatch.setenv("FILE_KEYS_FILE", "/run/secrets/file_keys")

    with pytest.raises(CommandError, match="FILE_KEYS comes from the environment"):
        keys("--new", "FILE_KEYS")


def test_no_key_is_ever_shown(settings: Any) -> None:
    change(settings, "SUBJECT_KEYS")
    every = [key for name in ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS") for key in ring(name)]

    said = keys()

    assert not [key for key in every if key in said]


def test_what_is_sealed_for_one_use_is_nothing_to_another() -> None:
    sealed = seal(b"a secret of somebody's telephone", "factors")

    assert unseal(sealed, "factors") == b"a secret of somebody's telephone"
    with pytest.raises(CannotUnseal):
        unseal(sealed)
