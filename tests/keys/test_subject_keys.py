"""A subject key is changed: whoever was found, held, restricted or has objected under the old one still is."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from privacy.continuity.models import Backup
from privacy.declarations import PersonalData
from privacy.erasure import erase_person
from privacy.holds.models import HeldRows
from privacy.holds.services import lift, place_on_person
from privacy.keys_in_use import SEALED, keyed_tables, needed_subject_keys, rows_by_key
from privacy.models import Consent
from privacy.objections.models import Objection
from privacy.registry import registry
from privacy.rekeying import SPEAKING_FOR_OTHERS, carry_over, move_rows
from privacy.restrictions.keeping import usable
from privacy.rights.fulfilment.models import Correction
from privacy.rights.kinds import Right
from privacy.rings import ring
from privacy.subjects import key_name, subject_key, subject_keys
from tests.consents.people import ZOE, wrote
from tests.fulfilment.granting import carry_out, file_of, granted
from tests.holds.test_keeping import hold
from tests.keys.test_rotation import NEW, change, keys, line_of
from tests.objections.test_objecting import objects
from tests.privacy.planting import Canary
from tests.prospects.people import confirmed
from tests.restrictions.test_stored_and_nothing_else import restrict

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]

ANA = "ana@example.com"


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
