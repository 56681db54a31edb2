"""The DPO places holds and lifts them with a reason; what was decided is neither changed nor deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from privacy.commitments.frame import all_commitments
from privacy.holds.models import HeldRows, Hold
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member, signed_in
from tests.privacy.planting import database

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.6")]
ADD = "/admin/privacy/hold/add/"


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "address": ZOE,
        "table": "",
        "record": "",
        "ground": "17(3)(e)",
        "reason": "Case 12 before the court of Aix.",
        "until": "",
        "review_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        **changes,
    }


@pytest.fixture
def dpo() -> Client:
    return signed_in(member("DPO"))


@pytest.mark.promise("P7.1")
def test_a_hold_on_a_person_stores_their_key_and_not_their_address(dpo: Client) -> None:
    answer = dpo.post(ADD, typed(address="typed.only@example.com"))

    assert answer.status_code == 302
    placed = Hold.objects.get()
    assert placed.placed_by is not None
    assert (placed.stands, placed.placed_by.email) == (True, "ana@example.com")
    assert HeldRows.objects.get().subject_key
    assert "typed.only" not in " ".join(database())


def test_a_hold_on_a_request_is_placed_by_its_number(dpo: Client) -> None:
    request = wrote()
    last = timezone.localdate() + timedelta(days=400)

    dpo.post(ADD, typed(address="", table="contact.contactrequest", record=str(request.pk), until=last.isoformat()))

    placed = Hold.objects.get()
    assert placed.until is not None
    assert timezone.localtime(placed.until).isoformat().startswith(f"{last.isoformat()}T23:59:59")
    assert set(placed.held.values_list("table", flat=True)) == {"contact.contactrequest", "privacy.consent"}
    assert f"Request {request.pk}" in dpo.get("/admin/privacy/hold/").content.decode().replace("request ", "Request ")


YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()
WRONG: list[dict[str, Any]] = [
    {"address": ""},
    {"table": "contact.contactrequest", "record": "1"},
    {"address": "", "table": "contact.contactrequest", "record": "987654"},
    {"address": "", "table": "contact.contactrequest", "record": "x"},
    {"address": "", "table": "contact.threadentry", "record": "1"},
    {"address": "", "table": "contact.contactrequest", "record": "9" * 40},
    {"address": "zoe"},
    {"reason": ""},
    {"ground": "17(3)(z)"},
    {"review_on": YESTERDAY},
    {"review_on": ""},
    {"until": YESTERDAY},
    {"until": timezone.localdate().isoformat()},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_is_wrong_is_told_and_nothing_is_placed(dpo: Client, wrong: dict[str, Any]) -> None:
    answer = dpo.post(ADD, typed(**wrong))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not Hold.objects.exists()


def test_lifting_needs_a_reason_and_changes_nothing_else(dpo: Client) -> None:
    dpo.post(ADD, typed())
    placed = Hold.objects.get()
    page = f"/admin/privacy/hold/{placed.pk}/change/"

    refused = dpo.post(page, {"lifted_because": " ", "reason": "Rewritten"})
    still = Hold.objects.get().stands
    dpo.post(page, {"lifted_because": "Settled.", "reason": "Rewritten"})

    assert (refused.status_code, still) == (200, True)
    lifted = Hold.objects.get()
    assert lifted.lifted_by is not None
    assert (lifted.stands, lifted.lifted_because, lifted.reason) == (False, "Settled.", placed.reason)
    assert dpo.get(page).status_code == 200
    assert dpo.post(page, {"lifted_because": "Again."}).status_code == 403
    assert dpo.post(f"/admin/privacy/hold/{placed.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_answers_requests_places_none() -> None:
    staff = signed_in(member("Staff"))

    assert staff.get(ADD).status_code == 403
    assert staff.post(ADD, typed()).status_code == 403


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("days", "kept"), [(0, True), (-1, False)])
def test_a_hold_that_nobody_reviewed_turns_a_commitment_red(days: int, kept: bool) -> None:
    Hold.objects.create(ground="17(3)(e)", reason="x", review_on=timezone.localdate() + timedelta(days=days))
    commitment = next(each for each in all_commitments() if each.name == "holds-reviewed")

    assert commitment.check(timezone.now()).kept is kept
