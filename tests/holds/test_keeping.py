"""What a documented hold keeps is taken by no purge, no erasure and no withdrawal; and nothing else is kept by it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import UniqueConstraint
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import formats, timezone, translation

from contact.models import ContactRequest, Prospect, ThreadEntry
from contact.services import add_note, close_contact_request
from customerlabs.models import StaffMember
from privacy.declarations import KeptGround, PersonalData
from privacy.erasure import erase_person
from privacy.holds.keeping import free
from privacy.holds.models import HeldRows, Hold
from privacy.holds.services import HoldRefused, lift, place_on_person, place_on_record
from privacy.models import Consent, ConsentEvent, RetentionRun
from privacy.registry import column_of, registry
from privacy.retention.engine import Rule, enforce_retention, rules
from tests.consents.people import ZOE, address_of, choice, wrote
from tests.privacy.planting import Canary, database, found_in_database, tables_of_somebody
from tests.prospects.people import confirmed

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=36_000)
SECOND = timedelta(seconds=1)
EVIDENCE = {"privacy.hold", "privacy.heldrows"}

each_table = pytest.mark.parametrize(
    "table",
    # A part is held with its whole; what an erasure leaves anyway has a test of its own.
    [pytest.param(table, id=table.label) for table in tables_of_somebody() if not (table.part_of or table.kept)],
)
each_rule = pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, id=rule.label)
        for rule in rules()
        if rule.table.label not in EVIDENCE and registry.rows_in(rule.table, "x@example.com") is not None
    ],
)


def hold(**fields: Any) -> Hold:
    return Hold(**{"ground": KeptGround.CLAIMS, "reason": "Case 12.", "review_on": timezone.localdate(), **fields})


def purge(at: Any = LATER) -> None:
    assert enforce_retention(RetentionRun.Trigger.COMMAND, now=at).outcome == RetentionRun.Outcome.DONE


def said_of(somebody: Canary, *, but: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """Each of their values that is found, with its table."""
    rows = [row for row in found_in_database(somebody.traces) if not row.startswith(but)]
    return {(row.partition(" ")[0], trace) for row in rows for trace in somebody.traces if trace in row}


def due(rule: Rule, row: Any) -> None:
    """Every clock of this row, and that of what it rests on, stands long ago."""
    through, _, column = rule.retention.clock.rpartition("__")
    carrier = getattr(row, through) if through else row
    type(carrier)._base_manager.filter(pk=carrier.pk).update(**{column: timezone.now() - timedelta(days=9_000)})


@pytest.mark.promise("P5.6", "P8.0")
@each_rule
def test_the_purge_leaves_what_a_hold_on_its_person_keeps(rule: Rule) -> None:
    held, other = Canary.new(), Canary.new()
    kept, goes = (somebody.plant(rule.table, **closed(rule)) for somebody in (held, other))
    place_on_person(hold(), held.address)
    for row in (kept, goes):
        due(rule, row)

    expired = list(rule.expired(timezone.now()).values_list("pk", flat=True))

    assert goes.pk in expired
    assert kept.pk not in expired


def closed(rule: Rule) -> dict[str, Any]:
    return {"is_active": False} if rule.table.label == "customerlabs.staffmember" else {}


@pytest.mark.promise("P5.6", "P8.0")
def test_nothing_of_a_held_person_goes_and_all_of_it_goes_once_the_hold_is_lifted() -> None:
    somebody = Canary.new()
    somebody.plant_everywhere()
    placed = place_on_person(hold(), somebody.address)
    # Restrictions end by themselves, and the case file planted here belongs to somebody else's request.
    apart = ("privacy_heldrows", "privacy_restrictedrows", "privacy_case")
    before = said_of(somebody, but=apart)

    purge()
    erase_person(somebody.address)

    assert before <= said_of(somebody)
    lift(placed.pk, by=None, because="The case is closed.")
    erase_person(somebody.address)
    purge()
    assert found_in_database(somebody.traces) == []


@pytest.mark.promise("P5.6")
@each_table
def test_a_held_record_stays_and_no_other_does(table: PersonalData) -> None:
    somebody = Canary.new()
    kept = somebody.plant(table)
    goes = (somebody if may_stand_twice(table) else Canary.new()).plant(table)
    place_on_record(hold(), table, kept.pk)

    left = set(free(table, table.model._base_manager.all()).values_list("pk", flat=True))

    assert goes.pk in left
    assert kept.pk not in left


def may_stand_twice(table: PersonalData) -> bool:
    """Whether one person may have two rows here."""
    address = table.person.address if table.person else ""
    alone = bool(address) and column_of(table.model, address).unique
    return not (alone or any("subject_key" in constraint.fields for constraint in unique_constraints(table)))


def unique_constraints(table: PersonalData) -> list[UniqueConstraint]:
    return [each for each in table.model._meta.constraints if isinstance(each, UniqueConstraint)]


@pytest.mark.promise("P5.6")
def test_what_belongs_to_a_held_request_is_held_with_it() -> None:
    request = wrote()
    add_note(request.pk, author_id=None, body="Zoé a appelé.")
    close_contact_request(request.pk, by=None)
    place_on_record(hold(), contact_table(), request.pk)
    Consent.objects.update(ended_at=timezone.now())

    purge()
    erase_person(ZOE)

    request.refresh_from_db()
    assert (request.email, request.consent is not None) == (ZOE, True)
    assert ThreadEntry.objects.get().body == "Zoé a appelé."
    assert ConsentEvent.objects.count() == 1


def contact_table() -> PersonalData:
    table = registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    return table


@pytest.mark.parametrize(("offset", "kept"), [(-SECOND, True), (SECOND * 0, False), (SECOND, False)])
def test_a_hold_ends_at_its_last_second(offset: timedelta, kept: bool) -> None:
    end = timezone.now() + timedelta(days=30)
    wrote()
    place_on_person(hold(until=end), ZOE)

    with time_machine.travel(end + offset, tick=False):
        erase_person(ZOE)

    assert ContactRequest.objects.filter(email=ZOE).exists() is kept


@pytest.mark.promise("P5.6")
def test_the_person_is_told_what_is_kept_on_which_ground_and_until_when(client: Client) -> None:
    request = wrote()
    end = timezone.now() + timedelta(days=400)
    place_on_record(hold(until=end), contact_table(), request.pk)

    page = client.post(address_of(request.consent, "en")).content.decode()

    assert "legal claims (GDPR Art. 17(3)(e))" in page
    with translation.override("en"):
        assert f"kept until {formats.date_format(timezone.localtime(end))}" in page
    assert "3 Place de Fontenoy, 75007 Paris" in page
    assert "Erased" not in page
    request.refresh_from_db()
    assert (request.email, request.status, request.is_anonymised) == (ZOE, "closed", False)
    assert request.closed_at is not None
    consent = Consent.objects.get()
    assert consent.ended_at is not None
    assert consent.events.filter(kind="withdrawn").count() == 1


@pytest.mark.promise("P5.6", "P8.0")
def test_what_was_withdrawn_under_a_hold_goes_the_night_after_it_is_lifted(client: Client) -> None:
    request, prospect = wrote(), confirmed()
    placed = place_on_person(hold(), ZOE)
    for consent in (request.consent, prospect.consent):
        client.post(address_of(consent))
    purge(timezone.now())
    meanwhile = (ContactRequest.objects.get().email, Prospect.objects.count(), Prospect.objects.confirmed().count())

    lift(placed.pk, by=None, because="The case is closed.")
    purge(timezone.now())

    assert meanwhile == (ZOE, 1, 0)
    request.refresh_from_db()
    assert request.is_anonymised
    assert not Prospect.objects.exists()
    assert {consent.purpose for consent in Consent.objects.all()} == {"news"}


def test_what_is_held_may_be_chosen_together_with_what_is_not(client: Client) -> None:
    request = wrote()
    confirmed()
    place_on_record(hold(), contact_table(), request.pk)
    link = choice()
    numbers = list(Consent.objects.live().values_list("pk", flat=True))

    page = client.post(link, {"consent": numbers}).content.decode()

    assert "Conservé pour l’instant" in page
    assert "Effacé" in page
    assert not Prospect.objects.exists()


def test_the_address_typed_to_place_a_hold_is_stored_nowhere() -> None:
    place_on_person(hold(), "typed.only@example.com")

    assert "typed.only" not in " ".join(database())


def test_who_is_known_by_address_alone_is_held_by_record() -> None:
    member = StaffMember.objects.create_user("ana@example.com", is_active=False, left_at="2020-01-01T00:00Z")
    place_on_person(hold(), "Ana@Example.com")

    purge()

    assert StaffMember.objects.filter(pk=member.pk).exists()
    assert HeldRows.objects.filter(table="customerlabs.staffmember", record_id=str(member.pk)).exists()


def test_a_hold_finds_rows_under_every_key_of_the_ring(settings: Any) -> None:
    wrote()
    settings.SUBJECT_KEYS = ["a newer key", *settings.SUBJECT_KEYS]
    wrote()
    place_on_person(hold(), ZOE)

    erase_person(ZOE)

    assert ContactRequest.objects.filter(email=ZOE).count() == 2


def test_lifting_needs_a_reason_and_happens_once() -> None:
    placed = place_on_person(hold(), ZOE)

    for because in ("", "  "):
        with pytest.raises(HoldRefused):
            lift(placed.pk, by=None, because=because)
    lift(placed.pk, by=None, because="Settled.")
    with pytest.raises(HoldRefused):
        lift(placed.pk, by=None, because="Again.")

    assert Hold.objects.get().lifted_because == "Settled."


def test_a_record_that_is_gone_can_not_be_held() -> None:
    with pytest.raises(HoldRefused):
        place_on_record(hold(), contact_table(), 987_654)

    assert not Hold.objects.exists()


def test_without_any_hold_a_batch_asks_two_small_questions_more_and_its_own_statement_stays_as_it_was() -> None:
    rule = next(rule for rule in rules() if rule.label == "contact.contactrequest")

    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        free_of_holds = str(rule.expired(timezone.now()).query)

    assert "heldrows" not in free_of_holds
    assert "restrictedrows" not in free_of_holds
    assert len([query for query in captured.captured_queries if "SELECT" in query["sql"]]) == 1


def test_with_holds_the_purge_reads_them_once_or_by_index_and_not_once_a_row() -> None:
    placed = hold()
    placed.save()
    HeldRows.objects.bulk_create(HeldRows(hold=placed, subject_key=f"{number:073}") for number in range(3000))
    long_ago = timezone.now() - timedelta(days=900)
    ContactRequest.objects.bulk_create(
        ContactRequest(language="fr", status="closed", closed_at=long_ago, subject_key=f"key {number}")
        for number in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE privacy_heldrows, privacy_hold, contact_contactrequest")
    rule = next(rule for rule in rules() if rule.label == "contact.contactrequest")

    plan = rule.expired(timezone.now()).explain(analyze=True)

    scans = re.findall(r"Seq Scan on privacy_h\w+ .*loops=(\d+)", plan)
    assert set(scans) <= {"1"}
    assert "rows=500" in plan
