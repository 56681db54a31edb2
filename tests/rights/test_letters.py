"""What the letters about a request say to its person."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from privacy.rights.kinds import Decision, Refusal, Right
from privacy.rights.letters import send_event, send_received
from privacy.rights.models import CaseEvent
from privacy.rights.states import add_event
from tests.rights.people import asked, proved
from tests.rights.test_following import Kind, decided

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]


def test_the_first_mail_says_the_legal_date_and_how_it_is_counted() -> None:
    with time_machine.travel(datetime(2026, 4, 1, 12, tzinfo=UTC), tick=False):
        mail = send_received(asked(language="en"))

    assert mail is not None
    assert "May 4, 2026" in mail.body
    assert "Friday 1 May 2026 (Labor Day)" in mail.body
    assert "/en/your-rights/prove/" in mail.body
    assert mail.reply_to == "privacy@customer-labs.com"


@pytest.mark.promise("P10.1")
@pytest.mark.parametrize("decision", [Decision.REFUSED, Decision.PARTLY])
def test_a_refusal_says_why_and_where_to_complain_or_go_to_court(decision: Decision) -> None:
    event = decided(proved(Right.ERASURE), decision, "Un procès est <en cours> & dure.", Refusal.CLAIMS)

    mail = send_event(CaseEvent.objects.get(pk=event.pk))

    assert mail is not None
    assert "17(3)(e)" in mail.body or "17, § 3" in mail.body
    assert "Un procès est <en cours> & dure." in mail.body
    assert "3 Place de Fontenoy, 75007 Paris" in mail.body
    assert "tribunal judiciaire" in mail.body
    assert "/fr/ma-demande/ouvrir/" in mail.body


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("decision", [Decision.GRANTED, Decision.PARTLY, Decision.REFUSED])
def test_a_mail_calls_a_decision_what_the_desk_calls_it(decision: Decision, language: str) -> None:
    event = decided(proved(Right.ERASURE, language=language), decision, "Un procès dure.", Refusal.CLAIMS)

    mail = send_event(CaseEvent.objects.get(pk=event.pk))

    assert mail is not None
    with translation.override(language):
        assert mail.subject.endswith(f" {decision.label}")


def test_a_message_of_the_officer_arrives_whole() -> None:
    request = proved()
    event = add_event(request, Kind.ANSWER, note="Bonjour {{ name }},\n<b>voici</b>.")
    assert event is not None

    mail = send_event(event)

    assert mail is not None
    assert "Bonjour {{ name }},\n<b>voici</b>." in mail.body


def test_an_extension_says_until_when_and_why() -> None:
    request = proved(language="en")
    event = add_event(request, Kind.EXTENDED, note="Three archives have to be read.")
    assert event is not None

    mail = send_event(event)

    assert mail is not None
    assert "three months from its receipt" in mail.body
    assert "Three archives have to be read." in mail.body
