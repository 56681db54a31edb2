"""Each time staff look at somebody's record it is known who, which, when and why; the person is told when and why."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contact.models import ContactRequest, Prospect
from customerlabs.staff.models import StaffMember
from privacy.audit.models import AuditEntry
from privacy.audit.services import consultations_about, record, record_all
from privacy.erasure import erase_person
from privacy.models import Consent, RetentionRun
from privacy.papers.services import give
from privacy.retention.engine import enforce_retention
from privacy.rights.fulfilment.looked_at import looks_at
from privacy.rights.models import RightsRequest
from tests.audit.chain import seal
from tests.desk.desk import member, request, signed_in
from tests.papers.people import copy, papers_of
from tests.privacy.planting import found_in_database
from tests.prospects.people import ZOE, confirmed
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.1", "P7.2")]
LIST = "/admin/privacy/auditentry/"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.fixture
def dpo() -> Client:
    return signed_in(member("DPO", email="dpo@example.com"))


def entries() -> list[tuple[str, str, str, str]]:
    return [(e.action, e.table, e.record_id, e.purpose) for e in AuditEntry.objects.order_by("pk")]


def contact_request() -> tuple[str, str, str]:
    shown = request()
    return f"/admin/contact/contactrequest/{shown.pk}/change/", "contact.contactrequest", "contact"


def prospect() -> tuple[str, str, str]:
    return f"/admin/contact/prospect/{confirmed().pk}/change/", "contact.prospect", "news"


def consent() -> tuple[str, str, str]:
    confirmed()
    return f"/admin/privacy/consent/{Consent.objects.get().pk}/change/", "privacy.consent", "consent-proof"


def consent_file() -> tuple[str, str, str]:
    confirmed()
    return f"/admin/privacy/consent/{Consent.objects.get().pk}/proof.json", "privacy.consent", "consent-proof"


def rights_request() -> tuple[str, str, str]:
    return f"/admin/privacy/rightsrequest/{proved().pk}/change/", "privacy.rightsrequest", "rights"


def printed_request() -> tuple[str, str, str]:
    return f"/admin/privacy/rightsrequest/{proved().pk}/print/", "privacy.rightsrequest", "rights"


def identity_page() -> tuple[str, str, str]:
    return f"/admin/privacy/paper/of/{proved().pk}/", "privacy.rightsrequest", "identity"


def paper() -> tuple[str, str, str]:
    asked = proved()
    give(asked, {"recto": copy()})
    return f"/admin/privacy/paper/{papers_of(asked)[0].pk}/show/", "privacy.rightsrequest", "identity"


PAGES = [contact_request, prospect, consent, consent_file, rights_request, printed_request, identity_page, paper]


@pytest.mark.parametrize("shown", PAGES)
def test_a_page_that_shows_a_record_leaves_one_line_in_one_statement(
    shown: Callable[[], tuple[str, str, str]], dpo: Client
) -> None:
    address, table, purpose = shown()

    with CaptureQueriesContext(connection) as captured:
        answer = dpo.get(address)

    assert answer.status_code == 200
    written = [query for query in captured.captured_queries if "privacy_auditentry" in query["sql"]]
    assert len(written) == 1
    entry = AuditEntry.objects.get()
    assert (entry.table, entry.purpose) == (table, purpose)
    assert entry.record_id in address or table == "privacy.rightsrequest"
    assert StaffMember.objects.get(pk=entry.by or 0).email == "dpo@example.com"


@pytest.mark.parametrize("shown", PAGES)
def test_a_page_that_is_refused_leaves_none(shown: Callable[[], tuple[str, str, str]]) -> None:
    address, _, _ = shown()

    assert signed_in(member("")).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert entries() == []


def test_what_is_not_there_leaves_none(dpo: Client) -> None:
    for page in ("contact/contactrequest/987654", "contact/prospect/x", "privacy/rightsrequest/987654"):
        assert dpo.get(f"/admin/{page}/change/").status_code in (302, 404)

    assert entries() == []


def test_however_an_address_writes_the_number_the_line_has_the_record_s(dpo: Client) -> None:
    shown = request()

    dpo.get(f"/admin/contact/contactrequest/00{shown.pk}/change/")

    assert [entry[2] for entry in entries()] == [str(shown.pk)]


def test_a_page_that_can_not_be_recorded_is_not_shown(dpo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address, _, _ = prospect()
    monkeypatch.setattr("privacy.audit.reading.record_all", fails)

    with pytest.raises(DatabaseError):
        dpo.get(address)


def fails(*arguments: Any, **more: Any) -> None:
    raise DatabaseError("the disk is full")


def test_each_page_of_a_declared_person_s_record_in_the_admin_is_recorded() -> None:
    """Of every admin whose records can be opened and are somebody's; a new one is caught here."""
    from privacy.declarations import PersonalData
    from privacy.registry import registry

    unrecorded = []
    for model, page in admin.site._registry.items():
        table = registry.declared(model)
        if isinstance(table, PersonalData) and table.person and not hasattr(page.change_view, "is_recorded"):
            unrecorded.append(table.label)

    assert sorted(unrecorded) == sorted(NOT_OF_THE_PUBLIC)


NOT_OF_THE_PUBLIC = ["customerlabs.staffmember"]
"""Accounts of colleagues."""


def test_who_takes_the_list_of_prospects_away_leaves_a_line_for_each_of_them(dpo: Client) -> None:
    first, second = confirmed(), confirmed("ada@example.com")

    answer = dpo.post("/admin/contact/prospect/export/", {"reason": "The fair of May."})
    lines = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]

    assert "ada@example.com" in lines
    assert sorted(entries()) == sorted(
        ("exported", "contact.prospect", str(number), "news") for number in (first.pk, second.pk)
    )


@pytest.mark.parametrize("action", ["take_json", "take_csv"])
def test_who_takes_proofs_of_consent_away_leaves_a_line_for_each(action: str, dpo: Client) -> None:
    confirmed()
    confirmed("ada@example.com")
    numbers = list(Consent.objects.values_list("pk", flat=True))

    answer = dpo.post("/admin/privacy/consent/", {"action": action, "_selected_action": numbers})

    assert answer.status_code == 200
    assert sorted(entries()) == sorted(
        ("exported", "privacy.consent", str(number), "consent-proof") for number in numbers
    )


def test_the_trail_holds_nothing_of_whose_records_they_are(dpo: Client) -> None:
    for shown in (contact_request, prospect, rights_request, paper):
        assert dpo.get(shown()[0]).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("SELECT written::text FROM privacy_auditentry AS written")
        text = " ".join(row for (row,) in cursor.fetchall()).casefold()
    assert len(entries()) == 4
    assert "@" not in text
    keys = {
        *ContactRequest.objects.values_list("subject_key", flat=True),
        *Consent.objects.values_list("subject_key", flat=True),
    }
    assert not any(str(key).casefold() in text for key in keys)


def test_a_person_is_told_when_and_why_and_not_who(dpo: Client) -> None:
    theirs = confirmed()
    confirmed("ada@example.com")
    dpo.get(f"/admin/contact/prospect/{theirs.pk}/change/")
    shown = request(email=ZOE)
    dpo.get(f"/admin/contact/contactrequest/{shown.pk}/change/")

    with translation.override("en"):
        told = [(one.at, str(one.purpose)) for one in consultations_about(ZOE.upper())]

    assert len(told) == 2
    assert [at for at, _ in told] == list(AuditEntry.objects.order_by("at").values_list("at", flat=True))
    assert all("@" not in words for _, words in told)
    assert consultations_about("ada@example.com") == []
    with translation.override("en"):
        assert [(one.at, one.why) for one in looks_at(ZOE)] == told


def test_an_erased_person_s_readings_lead_to_nobody(dpo: Client) -> None:
    shown = request(email=ZOE)
    dpo.get(f"/admin/contact/contactrequest/{shown.pk}/change/")

    erase_person(ZOE)

    assert consultations_about(ZOE) == []
    assert found_in_database({ZOE, shown.subject_key}) == []
    assert AuditEntry.objects.count() == 1


def test_nobody_rewrites_the_trail() -> None:
    record(AuditEntry.Action.READ, request(), by=None)

    for attempt in (lambda: AuditEntry.objects.update(record_id="1"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(("offset", "left"), [(-1, 1), (0, 0)])
def test_it_is_kept_for_twelve_months(offset: int, left: int) -> None:
    with time_machine.travel("2026-03-31T10:00:00+00:00", tick=False):
        record(AuditEntry.Action.READ, request(), by=None)
        seal()

    end = datetime(2027, 3, 31, 10, tzinfo=UTC) + timedelta(seconds=offset)
    enforce_retention(RetentionRun.Trigger.COMMAND, now=end)

    assert AuditEntry.objects.exclude(action=AuditEntry.Action.RAN).count() == left


def test_a_thousand_records_are_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        record_all(AuditEntry.Action.EXPORTED, Prospect, range(1000), by=None)


def test_the_officer_finds_the_readings_of_a_person_by_address_and_the_address_stands_nowhere(dpo: Client) -> None:
    theirs, other = confirmed(), confirmed("ada@example.com")
    for one in (theirs, other):
        dpo.get(f"/admin/contact/prospect/{one.pk}/change/")

    found = dpo.post(LIST, {"whose": ZOE, "_search": "Search"}, follow=True)

    assert [entry.record_id for entry in found.context["cl"].result_list] == [str(theirs.pk)]
    assert ZOE not in found.request["QUERY_STRING"]
    assert dpo.post(f"{LIST}add/", {}).status_code == 403


def test_nobody_else_reads_the_trail() -> None:
    assert signed_in(member("Staff")).get(LIST).status_code == 403


def test_a_rights_request_of_a_gone_file_is_still_told(dpo: Client) -> None:
    asked = proved()
    dpo.get(f"/admin/privacy/rightsrequest/{asked.pk}/change/")

    assert RightsRequest.objects.filter(pk=asked.pk).exists()
    assert asked.content is not None
    assert len(consultations_about(asked.content.email)) == 1
