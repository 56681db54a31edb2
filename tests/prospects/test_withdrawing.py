"""Stopping our news is as simple as asking for them: a link, a button; and the proof of each step stays (P5.6)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from contact.prospects.purposes import NEWS
from contact.prospects.services import confirm_prospect, end_consents_without_prospect, unsubscribe
from contact.services import close_contact_request
from privacy.consents.links import NOBODY, WITHDRAW, withdrawal_url
from privacy.consents.withdrawal import Way
from privacy.links import signed
from privacy.models import Consent, ConsentEvent, Letter, SingleUseLink
from privacy.periods import Period
from privacy.retention.engine import Rule, enforce_retention
from privacy.retention.models import RetentionRun
from privacy.subjects import subject_key
from tests.prospects.people import ZOE, ask, confirmed, stop_link, token_for, write_to_us

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)


def purge(at: Any) -> None:
    run = enforce_retention(RetentionRun.Trigger.COMMAND, now=at)
    assert run.outcome == RetentionRun.Outcome.DONE


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize(("language", "done"), [("fr", "C’est fait"), ("en", "It is done")])
def test_two_clicks_without_an_account_stop_our_news(client: Client, language: str, done: str) -> None:
    link = stop_link(confirmed(), language)

    looked = client.get(link)
    still_there = Prospect.objects.exists()
    answer = client.post(link)

    assert (looked.status_code, still_there) == (200, True)
    assert answer.status_code == 200
    assert done in answer.content.decode()
    assert not Prospect.objects.exists()
    withdrawn = ConsentEvent.objects.get(kind="withdrawn")
    assert (withdrawn.form, withdrawn.language) == ("withdrawal-link", language)
    assert withdrawn.wording.text in looked.content.decode()


@pytest.mark.promise("P5.6")
def test_a_mail_program_stops_our_news_with_one_post(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    link = stop_link(confirmed(language="en"))

    answer = strict.post(link, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not Prospect.objects.exists()
    withdrawn = ConsentEvent.objects.get(kind="withdrawn")
    assert (withdrawn.form, withdrawn.language) == ("one-click", "en")


@pytest.mark.promise("P5.6")
def test_unsubscribing_ends_every_proof_and_takes_what_speaks_of_the_person(client: Client) -> None:
    prospect = confirmed()
    ask()
    link = stop_link(prospect)

    client.post(link)

    assert not Prospect.objects.exists()
    assert {event.kind for event in ConsentEvent.objects.all()} == {"given", "confirmed", "withdrawn"}
    assert not Consent.objects.live().exists()
    assert not Letter.objects.exists()
    assert not SingleUseLink.objects.exists()


def test_unsubscribing_twice_writes_nothing_more(client: Client) -> None:
    link = stop_link(confirmed())
    client.post(link)
    before = list(Consent.objects.values_list("pk", "ended_at", "events"))

    answer = client.post(link)

    assert "Il n’y a plus rien à retirer" in answer.content.decode()
    assert list(Consent.objects.values_list("pk", "ended_at", "events")) == before


@pytest.mark.promise("P5.6")
def test_the_oldest_mail_still_stops_the_news_of_who_left_and_came_back(client: Client) -> None:
    link = stop_link(confirmed())
    client.post(link)
    confirmed()

    answer = client.post(link)

    assert "C’est fait" in answer.content.decode()
    assert not Prospect.objects.exists()


@pytest.mark.promise("P5.6")
def test_the_oldest_mail_still_stops_the_news_of_who_asked_again(client: Client) -> None:
    link = stop_link(confirmed())
    again = ask()
    Prospect.objects.filter(pending_until=None).update(last_contact_at=timezone.now() - timedelta(days=4000))
    assert confirm_prospect(token_for(again), language="fr")

    client.post(link)

    assert not Prospect.objects.exists()


@pytest.mark.parametrize("made_up", ["x", "7", "a link for something else"])
def test_a_made_up_link_unsubscribes_nobody(client: Client, made_up: str) -> None:
    confirmed()
    token = signed.sign("contact.other", 7) if " " in made_up else made_up
    stop = withdrawal_url(NOBODY, "fr").replace(signed.sign(WITHDRAW, NOBODY), token)

    assert client.post(stop).status_code == 410
    assert Prospect.objects.exists()


@pytest.mark.promise("P5.6")
def test_a_link_to_another_consent_of_theirs_unsubscribes_nobody(client: Client) -> None:
    prospect = confirmed()
    write_to_us()
    other = Consent.objects.get(purpose="contact")
    assert other.subject_key == prospect.subject_key

    client.post(withdrawal_url(other.pk, "fr"))

    assert Prospect.objects.exists()
    assert ContactRequest.objects.get().is_anonymised


@pytest.mark.promise("P8.2")
def test_proofs_without_a_prospect_are_ended_at_night_and_no_others() -> None:
    confirmed("stays@example.com")
    ask("waits@example.com")
    ask("never@example.com")
    Prospect.objects.filter(email="never@example.com").delete()
    write_to_us("writes@example.com")
    now = timezone.now()

    ended = end_consents_without_prospect(now)
    again = end_consents_without_prospect(now + SECOND)

    assert (ended, again) == (1, 0)
    (consent,) = Consent.objects.exclude(ended_at=None)
    assert (consent.subject_key, consent.ended_at) == (subject_key("never@example.com"), now)


@pytest.mark.promise("P8.2")
def test_the_nightly_sweep_reads_an_index() -> None:
    Consent.objects.bulk_create(
        Consent(
            subject_key=f"key {number}",
            purpose="contact" if number % 20 else NEWS.name,
            given_at=timezone.now(),
            ended_at=None,
        )
        for number in range(4000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE privacy_consent")

    plan = Consent.objects.live().filter(purpose=NEWS.name).explain()

    assert "consent_live" in plan


@pytest.mark.promise("P8.2", "P5.6")
@pytest.mark.parametrize(("offset", "left"), [(-SECOND, 3), (NOTHING, 0), (SECOND, 0)])
def test_the_proof_goes_five_years_after_the_consent_ended(offset: timedelta, left: int) -> None:
    confirmed()
    unsubscribe(ZOE, way=Way.LINK, language="fr")
    end = Consent.objects.get().ended_at
    assert end is not None

    purge(Period(years=5).after(end) + offset)

    assert ConsentEvent.objects.count() == left


@pytest.mark.promise("P8.2")
@pytest.mark.parametrize(("offset", "left"), [(-SECOND, 1), (NOTHING, 0), (SECOND, 0)])
@pytest.mark.parametrize(
    ("contact", "end"),
    [
        ("2026-11-23T10:00:00+00:00", "2029-11-23T10:00:00+00:00"),
        ("2024-02-29T10:00:00+00:00", "2027-02-28T10:00:00+00:00"),
        ("2025-02-28T10:00:00+00:00", "2028-02-28T10:00:00+00:00"),
    ],
)
def test_a_prospect_lives_three_calendar_years_from_their_last_contact(
    contact: str, end: str, offset: timedelta, left: int
) -> None:
    prospect = confirmed()
    Prospect.objects.update(last_contact_at=contact)
    moment = datetime.fromisoformat(end) + offset

    with time_machine.travel(moment, tick=False):
        written_to = Prospect.objects.confirmed().count()
    purge(moment)

    prospect.refresh_from_db() if left else None
    assert (Prospect.objects.count(), written_to) == (left, left)


def test_the_page_and_the_purge_agree_about_the_end_of_a_prospect() -> None:
    confirmed()
    Prospect.objects.update(last_contact_at="2024-02-29T10:00:00+00:00")

    end = Prospect.objects.get().expires_at

    assert end is not None
    assert end.isoformat() == "2027-02-28T10:00:00+00:00"


@pytest.mark.promise("P8.2")
def test_a_message_through_the_form_is_a_contact_of_theirs() -> None:
    confirmed("other@example.com")
    confirmed()
    Prospect.objects.update(last_contact_at=timezone.now() - timedelta(days=700))
    now = timezone.now()

    with time_machine.travel(now, tick=False):
        write_to_us("ZOE.Lefevre@example.com")

    assert Prospect.objects.get(email=ZOE).last_contact_at == now
    assert Prospect.objects.filter(last_contact_at=now).count() == 1


@pytest.mark.promise("P8.2")
def test_a_message_brings_back_no_consent_that_has_run_out() -> None:
    confirmed()
    long_ago = timezone.now() - timedelta(days=3 * 366 + 1)
    Prospect.objects.update(last_contact_at=long_ago)

    write_to_us()

    assert Prospect.objects.get().last_contact_at == long_ago


@pytest.mark.promise("P8.1", "P8.2")
def test_the_prospect_outlives_the_request_that_made_it() -> None:
    write_to_us(wants_news=True)
    prospect = Prospect.objects.get()
    assert confirm_prospect(token_for(prospect), language="fr")
    request = ContactRequest.objects.get()
    close_contact_request(request.pk, by=None)

    purge(timezone.now() + timedelta(days=60))

    request.refresh_from_db()
    assert (request.is_anonymised, request.email) == (True, "")
    assert Prospect.objects.confirmed().get().email == ZOE
    assert {consent.purpose for consent in Consent.objects.all()} == {"news"}


@pytest.mark.promise("P8.1", "P8.2", "P5.6")
def test_the_request_outlives_the_prospect_it_made(client: Client) -> None:
    write_to_us(wants_news=True)
    prospect = Prospect.objects.get()
    assert confirm_prospect(token_for(prospect), language="fr")
    prospect.refresh_from_db()

    client.post(stop_link(prospect))

    request = ContactRequest.objects.get()
    assert (request.email, request.is_open) == (ZOE, True)
    assert request.consent is not None
    assert request.consent.ended_at is None
    assert Letter.objects.filter(kind="contact.acknowledgement").exists()


@pytest.mark.promise("P3.2")
def test_who_has_no_proof_on_record_is_not_written_to() -> None:
    confirmed()
    Consent.objects.update(ended_at=timezone.now())

    assert not Prospect.objects.confirmed().exists()


def test_every_clock_of_the_purge_is_known() -> None:
    from privacy.retention.engine import rules

    labels = {rule.label for rule in rules() if isinstance(rule, Rule)}

    assert {"contact.prospect", "contact.prospect.pending_until", "contact.mailingdelivery"} <= labels
    assert "contact.exportrecord" in labels
