"""What an officer presses on a page that has changed since they opened it is not done (the version decides)."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from privacy.rights import states
from privacy.rights.following.writing import write_message
from privacy.rights.fulfilment.models import Result
from privacy.rights.kinds import Decision, State
from privacy.rights.models import RightsRequest
from privacy.rights.working import carry_out_granted
from tests.desk.desk import member, signed_in
from tests.rights.people import proved

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO"))


def press(client: Client, shown: RightsRequest, button: str) -> Any:
    """On the page as it was when `shown` was read."""
    page = reverse("admin:privacy_rightsrequest_change", args=[shown.pk])
    return client.post(page, {"do": button, "seen": shown.version})


def test_a_request_whose_person_has_written_since_is_not_taken_back(officer: Client) -> None:
    shown = proved()
    write_message(shown, "Je préfère continuer.")

    answer = press(officer, shown, "take back")

    assert answer.status_code == 409
    assert "Somebody was quicker" in answer.content.decode()
    assert RightsRequest.objects.get().state == State.OPEN


def test_a_result_is_made_again_once_however_often_the_button_is_pressed(officer: Client) -> None:
    shown = proved()
    with transaction.atomic():
        states.decide(states.locked(shown.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()
    shown.refresh_from_db()

    answers = [press(officer, shown, "again").status_code for _ in range(2)]

    assert answers == [302, 409]
    assert Result.objects.filter(file__request=shown).count() == 2
