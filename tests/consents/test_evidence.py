"""Events are only ever added; each consent has one page that proves it, and files to take away (GDPR Art. 7(1))."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contact.prospects.services import unsubscribe
from privacy.append_only import rows_may_go
from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.consents.withdrawal import Way
from privacy.erasure import erase_person
from privacy.models import PolicyVersion
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member, signed_in
from tests.prospects.people import confirmed, many

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2", "P3.1")]
LIST = "/admin/privacy/consent/"
CHANGES: list[Callable[[type[Model]], object]] = [
    lambda model: model._base_manager.update(**{"text" if model is Wording else "form": "x"}),
    lambda model: model._base_manager.all()._raw_delete("default"),
]


@pytest.fixture
def dpo() -> Client:
    return signed_in(member("DPO"))


@pytest.mark.parametrize("change", CHANGES, ids=["changed", "deleted"])
@pytest.mark.parametrize("model", [ConsentEvent, Wording])
def test_an_event_and_its_words_are_neither_changed_nor_deleted(
    model: type[Model], change: Callable[[type[Model]], object]
) -> None:
    wrote()
    before = list(model._base_manager.values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(model)

    assert list(model._base_manager.values()) == before


def test_the_eraser_passes() -> None:
    wrote()

    erase_person(ZOE)

    assert not ConsentEvent.objects.exists()


def test_an_event_keeps_the_policy_in_force_when_it_happened() -> None:
    first = wrote()
    version = PolicyVersion.objects.create(effective_from=date(2026, 1, 1), digest="d1", changes_en="x", changes_fr="x")
    PolicyVersion.objects.create(effective_from=date(2199, 1, 1), digest="d2", changes_en="x", changes_fr="x")
    second = wrote()
    assert first.consent is not None
    assert second.consent is not None

    assert first.consent.events.get().policy_version is None
    assert second.consent.events.get().policy_version == version


def test_a_version_that_proves_a_consent_can_not_be_lost() -> None:
    PolicyVersion.objects.create(effective_from=date(2026, 1, 1), digest="d1", changes_en="x", changes_fr="x")
    wrote()

    def lose() -> None:
        with transaction.atomic(), rows_may_go():
            PolicyVersion.objects.all()._raw_delete("default")
            connection.check_constraints()

    with pytest.raises(DatabaseError, match="foreign key"):
        lose()


@pytest.mark.promise("P7.1")
def test_consents_are_found_by_an_address_that_stands_in_no_url(dpo: Client) -> None:
    confirmed()
    wrote("other@example.com")

    answer = dpo.post(LIST, {"q": ZOE.upper(), "_search": "Search"}, follow=True)
    page = answer.content.decode()

    address = answer.redirect_chain[-1][0]
    assert "lefevre" not in address.lower()
    (found,) = answer.context["cl"].result_list
    assert found.purpose == "news"
    nothing = dpo.post(LIST, {"q": "zoe", "_search": "Search"}, follow=True)
    assert list(nothing.context["cl"].result_list) == []
    link = page.split(f'href="{LIST}{found.pk}/change/', 1)[1].split('"')[0].replace("&amp;", "&")
    proof = dpo.get(f"{LIST}{found.pk}/change/{link}").content.decode()
    assert f"This is the key of {ZOE.upper()}" in proof


def test_one_page_proves_a_consent(dpo: Client) -> None:
    PolicyVersion.objects.create(effective_from=date(2026, 1, 1), digest="d1" * 32, changes_en="x", changes_fr="x")
    confirmed()
    unsubscribe(ZOE, way=Way.STAFF, language="en")
    consent = Consent.objects.get()

    page = dpo.get(f"{LIST}{consent.pk}/change/").content.decode()

    for event in consent.events.all():
        assert event.wording.text in page.replace("&#x27;", "'")
        assert event.wording.digest in page
        assert event.form in page
    assert page.count("d1" * 32) == 3
    assert consent.subject_key in page
    assert ZOE not in page
    assert dpo.post(f"{LIST}{consent.pk}/change/", {"purpose": "x"}).status_code == 403


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_proof_is_taken_away_whole(dpo: Client, kind: str) -> None:
    confirmed()
    consent = Consent.objects.get()

    answer = dpo.get(f"{LIST}{consent.pk}/proof.{kind}")

    assert answer["Content-Disposition"] == f'attachment; filename="consent-{consent.pk}.{kind}"'
    assert "no-store" in answer["Cache-Control"]
    events = events_of(answer, kind)
    assert [event["event"] for event in events] == ["given", "confirmed"]
    assert [event["wording"] for event in events] == [event.wording.text for event in consent.events.order_by("pk")]
    assert ZOE not in body(answer)


def body(answer: Any) -> str:
    text: str = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")
    answer.said = getattr(answer, "said", "") or text
    return str(answer.said)


def events_of(answer: Any, kind: str) -> list[dict[str, Any]]:
    if kind == "json":
        return [event for consent in json.loads(body(answer))["consents"] for event in consent["events"]]
    return list(csv.DictReader(io.StringIO(body(answer))))


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_a_search_found_is_taken_away_in_a_few_statements(dpo: Client, kind: str) -> None:
    many(30)
    chosen = list(Consent.objects.values_list("pk", flat=True))

    with CaptureQueriesContext(connection) as captured:
        answer = dpo.post(LIST, {"action": f"take_{kind}", "_selected_action": chosen})
        events = events_of(answer, kind)

    assert len(events) == 30
    assert len(captured.captured_queries) < 20


@pytest.mark.promise("P7.1")
def test_who_answers_requests_sees_no_proof() -> None:
    confirmed()
    consent = Consent.objects.get()
    staff = signed_in(member("Staff"))

    statuses = {
        staff.get(address).status_code
        for address in (LIST, f"{LIST}{consent.pk}/change/", f"{LIST}{consent.pk}/proof.json")
    }

    assert statuses == {403}


@pytest.mark.parametrize("address", ["0/change/", "x/change/", "99999999999999999999/change/"])
def test_a_consent_that_is_not_there_leads_back_to_the_list(dpo: Client, address: str) -> None:
    assert dpo.get(LIST + address)["Location"] == LIST
