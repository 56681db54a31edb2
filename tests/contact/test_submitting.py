"""A visitor's message becomes one request, one consent and its letters; or nothing at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from contact.models import ContactRequest, Prospect
from privacy.models import Consent, ConsentEvent, Letter
from privacy.registry import registry
from tests.contact.posts import MESSAGE, number, post

pytestmark = pytest.mark.django_db


@pytest.mark.promise("P1.2", "P2.1", "P3.1")
def test_a_message_is_kept_with_its_consent_and_two_letters(client: Client) -> None:
    answer = client.post("/fr/contact/", post())

    assert (answer.status_code, answer["Location"]) == (302, "/fr/contact/merci/")
    request = ContactRequest.objects.get()
    assert (request.first_name, request.last_name, request.phone) == ("Zoé", "Lefèvre", "+33123456789")
    event = ConsentEvent.objects.get()
    assert request.consent == event.consent
    assert event.consent.subject_key == request.subject_key
    assert event.at == event.consent.given_at == request.received_at
    assert {letter.kind for letter in Letter.objects.all()} == {"contact.acknowledgement", "contact.team_notice"}


@pytest.mark.promise("P3.1", "P3.3")
@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("contact", "fr", "traiter ma demande et me répondre"),
        ("question", "fr", "répondre à ma question"),
        ("complaint", "fr", "examiner ma réclamation"),
        ("contact", "en", "handle my request and answer me"),
        ("question", "en", "answer my question"),
        ("complaint", "en", "look into my complaint"),
    ],
)
def test_the_consent_keeps_the_words_of_its_kind_in_the_language_of_the_page(
    client: Client, kind: str, language: str, words: str
) -> None:
    page = client.get(f"/{language}/contact/").content.decode()

    client.post(f"/{language}/contact/", post(kind=kind))

    event = ConsentEvent.objects.get()
    assert (event.consent.purpose, event.language) == (kind, language)
    assert words in event.wording.text
    assert event.wording.text in page.replace("&#x27;", "'")
    assert ContactRequest.objects.get().kind == kind


def test_words_are_stored_once_for_everybody_who_saw_them(client: Client) -> None:
    for _ in range(3):
        client.post("/fr/contact/", post())

    assert ConsentEvent.objects.values("wording").distinct().count() == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_reload_or_a_double_click_makes_one_request(client: Client, language: str) -> None:
    sent = post()

    answers = [client.post(f"/{language}/contact/", sent) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert ContactRequest.objects.count() == 1
    assert ConsentEvent.objects.count() == 1
    assert Letter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_posts_at_once_make_one_request_and_one_pair_of_letters(settings: Any) -> None:
    settings.CONTACT_LIMIT_CLIENT = (100, 100)
    sent = post()

    def send(_: int) -> int:
        try:
            return Client().post("/fr/contact/", sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(send, range(20)))

    assert statuses == [302] * 20
    assert ContactRequest.objects.count() == 1
    assert ConsentEvent.objects.count() == 1
    assert Letter.objects.count() == 2


def test_a_form_that_lost_its_number_is_confirmed_by_mail_and_not_lost(client: Client) -> None:
    answer = client.post("/fr/contact/", post(number="not a number of ours"))

    assert answer["Location"] == "/fr/contact/encore-une-etape/"
    assert ContactRequest.objects.get().status == ContactRequest.Status.HELD


@pytest.mark.promise("P2.1")
def test_nothing_but_what_the_form_asks_is_stored_about_the_visitor(client: Client) -> None:
    client.post("/fr/contact/", post(), REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Canary/1.0 (visitor)")

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM contact_contactrequest r")
        rows = " ".join(row for (row,) in cursor.fetchall())
    assert "203.0.113.77" not in rows
    assert "Canary" not in rows
    table = registry.declared(ContactRequest)
    assert table is not None
    assert table.provided_by_subject == {"first_name", "last_name", "email", "phone", "message"}  # type: ignore[union-attr]


@pytest.mark.promise("P3.2")
def test_the_box_for_news_is_a_second_wish_that_changes_nothing_to_the_first(client: Client) -> None:
    client.post("/fr/contact/", post(news="on"))

    assert ContactRequest.objects.get().status == ContactRequest.Status.NEW
    prospect = Prospect.objects.get()
    assert prospect.pending_until is not None
    assert set(Consent.objects.values_list("purpose", flat=True)) == {"contact", "news"}
    assert Letter.objects.filter(kind="contact.news_confirmation").count() == 1


@pytest.mark.promise("P3.2")
def test_without_the_box_nobody_becomes_a_prospect(client: Client) -> None:
    client.post("/fr/contact/", post())

    assert not Prospect.objects.exists()


def test_a_service_that_fails_half_way_writes_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the queue broke")

    monkeypatch.setattr("contact.submitting.queue_letter", broken)

    with pytest.raises(RuntimeError):
        client.post("/fr/contact/", post())

    assert not ContactRequest.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert not Letter.objects.exists()


def test_a_get_writes_nothing_and_sets_no_cookie_but_csrf(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/fr/contact/")

    assert set(answer.cookies) <= {"csrftoken"}
    assert "no-store" in answer["Cache-Control"]


def test_what_was_sent_is_not_in_the_address_that_follows(client: Client) -> None:
    answer = client.post("/fr/contact/", post(number=number()))

    assert "?" not in answer["Location"]
    assert MESSAGE.split()[0] not in client.get(answer["Location"]).content.decode()
