"""A key is changed, and nothing is lost: what was made under the old one opens, is found, holds, is verified."""

import secrets
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from customerlabs.serving.places import Places
from privacy.audit.models import AuditEntry
from privacy.continuity.models import Backup
from privacy.declarations import PersonalData
from privacy.erasure import erase_person
from privacy.holds.models import HeldRows
from privacy.holds.services import lift, place_on_person
from privacy.keys_in_use import SEALED, keyed_tables, needed_subject_keys, rows_by_key
from privacy.models import Consent
from privacy.objections.models import Objection
from privacy.papers.models import PaperChunk
from privacy.registry import registry
from privacy.rekeying import SPEAKING_FOR_OTHERS, carry_over, move_files, move_rows
from privacy.restrictions.keeping import usable
from privacy.rights.fulfilment import signing
from privacy.rights.fulfilment.models import Correction
from privacy.rights.kinds import Right
from privacy.rings import ring
from privacy.sealing import CannotUnseal, seal, unseal
from privacy.subjects import key_name, subject_key, subject_keys
from tests.consents.people import ZOE, wrote
from tests.desk.desk import INBOX, member, signed_in
from tests.fulfilment.granting import carry_out, file_of, granted
from tests.holds.test_keeping import hold
from tests.objections.test_objecting import objects
from tests.papers.people import with_papers
from tests.privacy.planting import Canary
from tests.prospects.people import confirmed, stop_link
from tests.restrictions.test_stored_and_nothing_else import restrict

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
NEW = secrets.token_urlsafe(48)
ANA = "ana@example.com"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


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


# SUBJECT_KEYS


@pytest.mark.promise("P5.3")
def test_a_hold_keeps_what_is_written_after_a_change(settings: Any) -> None:
    wrote()
    placed = place_on_person(hold(), ZOE)
    change(settings, "SUBJECT_KEYS")

    wrote()
    erase_person(ZOE)

    assert ContactRequest.objects.filter(email=ZOE).count() == 2
    lift(placed.pk, by=None, because="Settled.")
    erase_person(ZOE)
    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.4")
def test_a_restriction_covers_what_is_written_after_a_change(settings: Any) -> None:
    restriction = restrict()
    change(settings, "SUBJECT_KEYS")

    new = wrote()
    assert new.consent_id is not None
    Consent.objects.filter(pk=new.consent_id).update(given_at=timezone.now() - timedelta(days=1))

    assert restriction.placed_at is not None
    assert not usable(registry.table(ContactRequest), ContactRequest.objects.all()).exists()


@pytest.mark.promise("P5.5")
def test_an_objection_is_remembered_by_a_prospect_of_later(settings: Any) -> None:
    objects()
    change(settings, "SUBJECT_KEYS")
    prospect = confirmed()
    later = timezone.now() + timedelta(minutes=5)

    Objection.objects.update(at=later)

    assert Objection.objects.filter(subject_key=prospect.subject_key).exists()
    assert not Prospect.objects.confirmed().exists()


def test_what_is_carried_over_is_carried_once(settings: Any) -> None:
    place_on_person(hold(), ZOE)
    restrict()
    objects()
    before = [model._base_manager.count() for model in SPEAKING_FOR_OTHERS]
    change(settings, "SUBJECT_KEYS")

    for _ in range(3):
        carry_over(ZOE)

    assert [model._base_manager.count() for model in SPEAKING_FOR_OTHERS] == [2 * number for number in before]


@pytest.mark.promise("P7.1")
def test_the_statements_are_the_same_for_whoever_writes(settings: Any) -> None:
    place_on_person(hold(), ZOE)
    change(settings, "SUBJECT_KEYS")

    with CaptureQueriesContext(
        connection,
    ) as known:
        carry_over(ZOE)
    with CaptureQueriesContext(connection) as unknown:
        carry_over(ANA)

    assert len(known) == len(unknown) == len(SPEAKING_FOR_OTHERS)


def test_no_statement_is_added_where_a_ring_has_one_key() -> None:
    with CaptureQueriesContext(connection) as asked:
        carry_over(ZOE)

    assert not asked.captured_queries


def test_all_that_has_an_address_moves_to_the_newest_key_with_what_stands_for_it(settings: Any) -> None:
    wrote()
    confirmed()
    place_on_person(hold(), ZOE)
    restrict()
    objects()
    place_on_person(hold(), ANA)  # Nothing else is known of her.
    held = HeldRows.objects.count()
    change(settings, "SUBJECT_KEYS")
    newest, old = map(key_name, ring("SUBJECT_KEYS"))

    moved = move_rows()

    assert moved
    assert rows_by_key()[old] == {"privacy.heldrows": 1}
    assert HeldRows.objects.count() == held
    assert set(rows_by_key()) == {newest, old}
    assert move_rows() == 0
    settings.SUBJECT_KEYS = [NEW]
    erase_person(ZOE)
    assert ContactRequest.objects.filter(email=ZOE).exists()


def test_nobody_gets_the_key_of_somebody_else(settings: Any) -> None:
    mine, theirs = wrote(), wrote(email=ANA)
    ContactRequest.objects.filter(pk=theirs.pk).update(subject_key=subject_key("before@example.com"))
    change(settings, "SUBJECT_KEYS")

    move_rows()

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.subject_key == subject_key(ZOE)
    assert theirs.subject_key == subject_keys("before@example.com")[1]


def test_every_table_that_knows_people_by_key_is_counted() -> None:
    columns = {
        model._meta.label_lower
        for model in [table.model for table in registry.tables()]
        if any(field.name == "subject_key" for field in model._meta.fields)
    }

    assert {table.label for table, _column, _address in keyed_tables()} == columns


def test_every_sealed_column_is_moved() -> None:
    sealed = {
        table.model
        for table in registry.tables()
        if any(field.name == "sealed" for field in table.model._meta.local_concrete_fields)
    }

    assert sealed == set(SEALED)


def test_a_key_may_leave_once_neither_rows_nor_backups_need_it(settings: Any) -> None:
    wrote()
    change(settings, "SUBJECT_KEYS")
    old = key_name(ring("SUBJECT_KEYS")[1])

    assert "keep it" in line_of(keys(), "SUBJECT_KEYS", 1)
    assert "moved" not in keys("--move")
    assert "no row" in line_of(keys(), "SUBJECT_KEYS", 1)
    assert "may be dropped" in line_of(keys(), "SUBJECT_KEYS", 1)
    assert needed_subject_keys() == [NEW]
    backup = Backup.objects.create(name="a", state="stored", made_at=timezone.now(), subject_keys=old)
    assert "backups until" in line_of(keys(), "SUBJECT_KEYS", 1)
    assert "keep it" in line_of(keys(), "SUBJECT_KEYS", 1)
    Backup.objects.filter(pk=backup.pk).update(subject_keys="")  # One that was found: nobody knows what is in it.
    assert "keep it" in line_of(keys(), "SUBJECT_KEYS", 1)
    Backup.objects.filter(pk=backup.pk).update(state="deleted")
    assert "may be dropped" in line_of(keys(), "SUBJECT_KEYS", 1)


def test_a_key_that_was_dropped_too_early_is_told(settings: Any) -> None:
    wrote()
    change(settings, "SUBJECT_KEYS", drop=True)

    with pytest.raises(CommandError, match=r"\d+ rows carry a key that SUBJECT_KEYS does not hold"):
        keys()


WITH_ADDRESSES = [pytest.param(table, id=table.label) for table, _column, address in keyed_tables() if address]


@pytest.mark.parametrize("table", WITH_ADDRESSES)
def test_whatever_table_somebody_is_written_into_their_hold_follows(settings: Any, table: PersonalData) -> None:
    somebody = Canary.new()
    place_on_person(hold(), somebody.address)
    change(settings, "SUBJECT_KEYS")

    written = somebody.plant(table)

    assert table.person is not None
    assert HeldRows.objects.filter(subject_key=getattr(written, table.person.key)).count() == 1


def test_a_corrected_address_is_met_by_what_stands_for_it(settings: Any) -> None:
    place_on_person(hold(), ANA)
    change(settings, "SUBJECT_KEYS")
    wrote()
    request = granted(Right.RECTIFICATION, ZOE)
    Correction.objects.create(
        file=file_of(request), table="contact.contactrequest", column="email", value=ANA, at=timezone.now()
    )

    carry_out(request)

    corrected = ContactRequest.objects.get(email=ANA)
    assert HeldRows.objects.filter(subject_key=corrected.subject_key).exists()


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
