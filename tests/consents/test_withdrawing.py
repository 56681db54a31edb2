"""Taking a consent back erases what was held on it alone, at once, and leaves what the law wants kept (P5.6)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.desk.queues import QUEUES, visible
from contact.models import ContactRequest, Prospect, ThreadEntry
from contact.services import RequestNotOpen, answer_contact_request, mark_as_spam
from contact.submitting import submit_contact_request
from privacy.consents.models import Consent, ConsentEvent, WithdrawalRequest
from privacy.consents.withdrawal import Way, given_by, given_with, withdraw
from privacy.letters.queue import deliver_due
from privacy.models import Letter, LimitCount, SingleUseLink
from privacy.registry import registry
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from tests.consents.people import ZOE, address_of, choice, write, wrote
from tests.post_office import PostOffice, text_of
from tests.privacy.planting import found_in_database
from tests.prospects.people import confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.6")]
TRACES = {ZOE, "Lefèvre", "une question"}


def test_the_link_of_a_mail_shows_and_its_button_erases(client: Client) -> None:
    request = wrote()
    answer_contact_request(request.pk, author_id=None, body="Voici, Zoé Lefèvre.")
    link = address_of(request.consent)

    looked = client.get(link)
    still_there = ContactRequest.objects.get().email
    done = client.post(link)

    assert still_there == ZOE
    assert "Votre message, votre nom" in looked.content.decode()
    assert "C’est fait" in done.content.decode()
    request.refresh_from_db()
    assert (request.is_anonymised, request.email, request.message, request.consent) == (True, "", "", None)
    assert not ThreadEntry.objects.exists()
    assert not Letter.objects.exists()
    assert not Consent.objects.exists()


def test_nobody_is_left_in_any_table_afterwards(client: Client) -> None:
    request = wrote()
    assert found_in_database(TRACES)
    trace = request.subject_key

    client.post(address_of(request.consent))

    assert found_in_database({*TRACES, trace}) == []


@pytest.mark.parametrize("kind", list(ContactRequest.Kind))
def test_each_kind_of_request_is_told_in_its_own_words(client: Client, kind: str) -> None:
    request = wrote(kind=kind)
    purpose = registry.purposes[kind]

    page = client.get(address_of(request.consent, "en")).content.decode()

    assert str(purpose.withdrawal.title) in page
    assert str(purpose.withdrawal.wording) in page
    assert "J’accepte que CUSTOMER LABS" in page
    assert 'lang="fr"' in page


def test_an_open_request_waits_in_no_queue_afterwards(client: Client) -> None:
    request = wrote()

    client.post(address_of(request.consent))

    queues = {queue.name for queue in QUEUES if queue.pick(visible(), None).filter(pk=request.pk).exists()}
    assert queues == {"closed", "all"}
    request.refresh_from_db()
    assert request.closed_at is not None
    assert (request.closed_at.day, request.closed_at.hour) == (1, 0)
    with pytest.raises(RequestNotOpen):
        answer_contact_request(request.pk, author_id=None, body="Trop tard.")


@pytest.mark.parametrize("state", ["held", "unwanted"])
def test_what_never_was_a_request_is_deleted(client: Client, state: str) -> None:

    submit_contact_request(write(), hold=state == "held")
    request = ContactRequest.objects.get()
    if state == "unwanted":
        mark_as_spam(request.pk, by=None)

    client.post(address_of(request.consent))

    assert not ContactRequest.objects.exists()
    assert not Consent.objects.exists()


def test_a_second_click_finds_nothing_left_and_writes_nothing(client: Client) -> None:
    prospect = confirmed()
    link = address_of(prospect.consent)
    client.post(link)
    before = list(ConsentEvent.objects.values_list("pk", flat=True))

    answers = [client.post(link), client.get(link)]

    assert ["Il n’y a plus rien à retirer" in answer.content.decode() for answer in answers] == [True, True]
    assert list(ConsentEvent.objects.values_list("pk", flat=True)) == before


def test_withdrawing_one_request_leaves_the_others_and_the_news(client: Client) -> None:
    first, second = wrote(), wrote(message="Une autre question.")
    confirmed()

    client.post(address_of(first.consent))

    second.refresh_from_db()
    assert (second.email, second.is_open) == (ZOE, True)
    assert Prospect.objects.confirmed().exists()


@pytest.mark.promise("P3.2")
def test_the_proof_of_a_marketing_consent_stays_and_says_what_was_shown(client: Client) -> None:
    link = address_of(confirmed().consent, "en")

    page = client.post(link).content.decode()

    consent = Consent.objects.get()
    assert consent.ended_at is not None
    kinds = list(consent.events.order_by("pk").values_list("kind", "language", "form"))
    assert kinds == [
        ("given", "fr", "contact"),
        ("confirmed", "fr", "news-confirmation"),
        ("withdrawn", "en", "withdrawal-link"),
    ]
    assert "without your address, for 5 years" in page.replace("\u00a0", " ")
    assert found_in_database(TRACES) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("made", [confirmed, wrote], ids=["news", "message"])
def test_twenty_clicks_at_once_do_it_once(made: Callable[[], Any]) -> None:
    consent = made().consent

    def click(_: int) -> int:
        try:
            given = given_with(consent.pk)
            return len(withdraw([given] if given else [], way=Way.LINK, language="fr"))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        done = list(threads.map(click, range(20)))

    assert sum(done) == 1
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == (1 if made is confirmed else 0)
    assert not Prospect.objects.exists()
    assert not ContactRequest.objects.filter(is_anonymised=False).exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_uses_of_one_choice_one_withdraws_and_nobody_is_told_it_failed() -> None:
    wrote()
    confirmed()
    link = choice()
    numbers = [one.number for one in given_by(ZOE)]

    def click(_: int) -> tuple[int, bool]:
        try:
            answer = Client().post(link, {"consent": numbers})
            return answer.status_code, "fait" in answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(click, range(20)))

    assert set(told) == {(200, True)}
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == 1
    assert found_in_database(TRACES) == []
    assert not WithdrawalRequest.objects.exists()
    assert set(SingleUseLink.objects.values_list("subject_key", flat=True)) <= {""}


def test_what_is_ticked_is_withdrawn_and_the_rest_stays(client: Client) -> None:
    request = wrote()
    confirmed()
    link = choice()
    news = next(one for one in given_by(ZOE) if one.purpose.name == "news")

    page = client.get(link).content.decode()
    done = client.post(link, {"consent": [news.number]}).content.decode()

    assert page.count(" checked>") == len(given_by(ZOE)) + 1 == 2
    assert "Nouvelles par courriel" in done
    assert not Prospect.objects.exists()
    request.refresh_from_db()
    assert request.is_open
    assert "déjà fait" in client.post(link, {"consent": [news.number]}).content.decode()


@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["9" * 30], ["²"]])
def test_ticking_nothing_of_theirs_is_an_error_and_leaves_the_link(client: Client, ticked: list[str]) -> None:
    request = wrote()
    other = wrote("other@example.com")
    assert other.consent is not None
    link = choice()

    answers = [client.post(link, {"consent": ticked}), client.post(link, {"consent": [other.consent.pk]})]

    assert [answer.status_code for answer in answers] == [422, 422]
    other.refresh_from_db()
    request.refresh_from_db()
    assert (other.is_open, request.is_open) == (True, True)
    assert client.get(link).status_code == 200


@pytest.mark.promise("P7.1")
def test_the_form_executes_the_same_statements_for_known_and_unknown_addresses(client: Client) -> None:
    def statements(address: str) -> tuple[list[str], int, str]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post("/fr/retirer-mon-consentement/", {"email": address})
        said = [re.split(r"VALUES|WHERE|'|_x\d+", query["sql"])[0] for query in captured.captured_queries]
        return said, answer.status_code, answer["Location"]

    wrote("writes@example.com")
    confirmed("reads@example.com")
    statements("warm.up@example.com")

    known, both, unknown = (statements(f"{who}@example.com") for who in ("writes", "reads", "nobody"))

    assert known == both == unknown
    assert known[1:] == (302, "/fr/retirer-mon-consentement/courriel-en-route/")
    assert len(known[0]) > 4


def test_a_mail_comes_to_who_agreed_to_something_and_to_nobody_else(post_office: PostOffice, client: Client) -> None:
    wrote()
    Letter.objects.all().delete()

    for address in (ZOE, "nobody@example.com"):
        client.post("/en/withdraw-consent/", {"email": address})
    deliver_due()

    (mail,) = post_office.received
    assert (mail["To"], mail["Subject"]) == (ZOE, "Withdraw what you agreed to")
    assert "http://127.0.0.1:8000/en/withdraw-consent/choice/" in text_of(mail)
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent", "dropped"}


@pytest.mark.parametrize(
    "typed", ["", "zoe", "zoe@", "a b@example.com", "zoe\x00@example.com", "x" * 300 + "@example.com"]
)
def test_what_is_no_address_is_an_error_at_its_field_and_is_kept(client: Client, typed: str) -> None:
    answer = client.post("/fr/retirer-mon-consentement/", {"email": typed})

    assert answer.status_code == 422
    assert 'aria-describedby="id_email_helptext id_email_error"' in answer.content.decode() or typed == ""
    assert not WithdrawalRequest.objects.exists()


def test_too_many_addresses_from_one_client_wait_and_nothing_is_lost(client: Client, settings: Any) -> None:
    settings.WITHDRAWAL_LIMIT_CLIENT = 2

    answers = [client.post("/fr/retirer-mon-consentement/", {"email": f"{n}@example.com"}) for n in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "2@example.com" in answers[2].content.decode()
    assert WithdrawalRequest.objects.count() == 2
    assert LimitCount.objects.exists()


@pytest.mark.promise("P8.4")
def test_an_address_typed_in_vain_is_gone_after_a_day(client: Client) -> None:
    client.post("/fr/retirer-mon-consentement/", {"email": "vain@example.com"})

    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + WithdrawalRequest.LIFE)

    assert not WithdrawalRequest.objects.exists()
    assert found_in_database({"vain@example.com"}) == []
