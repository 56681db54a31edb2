"""A visitor's message becomes one request, one consent and two letters; or nothing at all."""

import pytest
from django.test import Client

from contact.models import ContactRequest
from privacy.models import ConsentEvent, Letter
from tests.contact.posts import post

pytestmark = pytest.mark.django_db


@pytest.mark.promise("P1.2", "P2.1", "P3.1")
def test_a_message_is_kept_with_its_consent_and_two_letters(client: Client) -> None:
    answer = client.post("/fr/contact/", post())

    assert (answer.status_code, answer["Location"]) == (302, "/fr/contact/merci/")
    request = ContactRequest.objects.get()
    assert (request.first_name, request.last_name, request.phone) == ("Zoé", "Lefèvre", "+33123456789")
    consent = ConsentEvent.objects.get()
    assert request.consent == consent
    assert consent.wording.text.startswith("J’accepte")
    assert consent.subject_key == request.subject_key
    assert {letter.kind for letter in Letter.objects.all()} == {"contact.acknowledgement", "contact.team_notice"}
