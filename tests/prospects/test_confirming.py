"""A ticked box is only a wish: it counts once the person has confirmed it by mail (P3.2)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from contact.prospects.letters import PENDING_LIFE, ask_to_confirm_news
from contact.prospects.services import confirm_prospect, unsubscribe
from privacy.consents.withdrawal import Way
from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from privacy.models import ConsentEvent
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from tests.contact.posts import post
from tests.post_office import PostOffice
from tests.prospects.people import ZOE, ask, confirmed, link_for, page, token_for

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def events(kind: str) -> list[ConsentEvent]:
    return list(ConsentEvent.objects.filter(consent__purpose="news", kind=kind))


@pytest.mark.promise("P3.2")
def test_without_the_box_nobody_becomes_a_prospect(client: Client) -> None:
    client.post("/fr/contact/", post())

    assert not Prospect.objects.exists()
    assert events("given") == []


@pytest.mark.promise("P3.2")
def test_the_box_makes_a_pending_consent_and_one_mail(client: Client) -> None:
    client.post("/fr/contact/", post(news="on"))

    prospect = Prospect.objects.get()
    (given,) = events("given")
    assert prospect.pending_until is not None
    assert given.wording.text.startswith("J’aimerais aussi recevoir par courriel des nouvelles")
    assert Letter.objects.filter(kind="contact.news_confirmation").count() == 1
    assert not Prospect.objects.confirmed().exists()
    assert not hasattr(prospect, "phone")


@pytest.mark.promise("P3.2")
@pytest.mark.parametrize(("language", "word"), [("fr", "avant le"), ("en", "before")])
def test_the_mail_asks_and_says_until_when(post_office: PostOffice, language: str, word: str) -> None:
    ask(first_name="Buy cheap pills", language=language)

    deliver_due()

    (mail,) = post_office.received
    text = mail.get_body(("plain",))
    assert text is not None
    assert word in text.get_content()
    assert "Buy cheap pills" not in mail.as_string() + text.get_content()
    assert mail["Reply-To"] == "contact@customer-labs.com"


@pytest.mark.promise("P3.2")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_looking_confirms_nothing_and_the_button_does(client: Client, language: str) -> None:
    prospect = ask(language="fr")
    address = page("news-confirm", token_for(prospect), language)

    looked = client.get(address)
    before = Prospect.objects.confirmed().exists()
    answer = client.post(address)

    assert (looked.status_code, before) == (200, False)
    assert answer.status_code == 302
    assert Prospect.objects.confirmed().get() == prospect
    (event,) = events("confirmed")
    assert event.language == language
    assert event.wording.text in looked.content.decode()


@pytest.mark.promise("P3.2")
def test_a_second_click_is_told_that_all_is_well(client: Client) -> None:
    prospect = ask()
    address = page("news-confirm", token_for(prospect))

    answers = [client.post(address), client.post(address), client.get(address)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert len(events("confirmed")) == 1


@pytest.mark.promise("P3.2")
def test_asking_twice_and_confirming_both_makes_one_prospect(client: Client) -> None:
    first, second = ask(), ask(first_name="Zoë", language="en")
    addresses = [page("news-confirm", token_for(one)) for one in (first, second)]

    answers = [client.post(address) for address in (*addresses, *addresses)]

    assert [answer.status_code for answer in answers] == [302] * 4
    prospect = Prospect.objects.get()
    assert prospect.pk == first.pk
    assert (prospect.first_name, prospect.language) == ("Zoë", "en")


@pytest.mark.promise("P3.2")
def test_who_is_a_prospect_already_gets_no_second_mail(post_office: PostOffice) -> None:
    confirmed()
    Letter.objects.all().delete()
    ask()

    deliver_due()

    assert post_office.received == []
    assert Letter.objects.get().state == Letter.State.DROPPED


@pytest.mark.promise("P8.2")
def test_confirming_while_already_a_prospect_is_a_new_contact() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=400), tick=False):
        old = confirmed()
    again = ask()
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert confirm_prospect(link_for(again), language="fr")

    prospect = Prospect.objects.get()
    assert prospect.pk == old.pk
    assert prospect.last_contact_at == now


@pytest.mark.promise("P3.2", "P8.2")
@pytest.mark.parametrize(("offset", "left"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_who_never_confirms_is_gone_after_seven_days(offset: timedelta, left: int) -> None:
    prospect = ask()
    assert prospect.pending_until is not None
    assert prospect.pending_until - prospect.asked_at == PENDING_LIFE == timedelta(days=7)

    enforce_retention(RetentionRun.Trigger.COMMAND, now=prospect.pending_until + offset)

    assert Prospect.objects.count() == left
    assert Letter.objects.filter(kind="contact.news_confirmation").count() == left


@pytest.mark.promise("P3.2")
@pytest.mark.parametrize(("offset", "status"), [(-SECOND, 302), (timedelta(0), 410), (SECOND, 410)])
def test_the_link_is_good_until_the_last_second_even_if_the_mail_left_late(
    client: Client, offset: timedelta, status: int
) -> None:
    prospect = ask()
    assert prospect.pending_until is not None
    with time_machine.travel(prospect.asked_at + timedelta(days=3), tick=False):
        address = page("news-confirm", token_for(prospect))

    with time_machine.travel(prospect.pending_until + offset, tick=False):
        answer = client.post(address)

    assert answer.status_code == status
    assert Prospect.objects.filter(pending_until=None).exists() is (status == 302)


def test_a_mail_that_could_not_leave_in_time_is_not_sent() -> None:
    prospect = ask()
    assert prospect.pending_until is not None

    with time_machine.travel(prospect.pending_until, tick=False):
        assert ask_to_confirm_news(prospect) is None


@pytest.mark.parametrize("token", ["x", "A" * 22, "é", "x" * 400])
def test_an_unknown_link_confirms_nobody(client: Client, token: str) -> None:
    ask()

    answers = [client.get(page("news-confirm", token)), client.post(page("news-confirm", token))]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert not Prospect.objects.confirmed().exists()


@pytest.mark.promise("P5.6")
def test_a_link_confirms_nothing_after_the_person_has_unsubscribed(client: Client) -> None:
    first, second = ask(), ask()
    links = [page("news-confirm", token_for(one)) for one in (first, second)]
    client.post(links[0])
    unsubscribe(ZOE, way=Way.LINK, language="fr")

    answers = [client.post(link) for link in links]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert not Prospect.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P3.2")
@pytest.mark.parametrize("asked", [1, 2])
def test_twenty_clicks_at_once_make_one_prospect(asked: int) -> None:
    prospects = [ask() for _ in range(asked)]
    tokens = [token_for(prospect) for prospect in prospects]

    def click(number: int) -> bool:
        try:
            return confirm_prospect(tokens[number % asked], language="fr")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(click, range(20)))

    assert told == [True] * 20
    assert Prospect.objects.confirmed().count() == Prospect.objects.count() == 1
    assert len(events("confirmed")) == asked


def statements(client: Client, **fields: object) -> list[str]:
    """What the form's post executes, without the values."""
    with CaptureQueriesContext(connection) as captured:
        assert client.post("/fr/contact/", post(news="on", **fields)).status_code == 302
    return [re.split(r"VALUES|WHERE|'|_x\d+", query["sql"])[0] for query in captured.captured_queries]


@pytest.mark.promise("P3.2", "P7.1")
def test_the_form_executes_the_same_statements_for_known_and_unknown_addresses(client: Client) -> None:
    statements(client, email="warm.up@example.com")
    confirmed("known@example.com")
    ask("pending@example.com")

    known, pending, unknown = (
        statements(client, email=f"{who}@example.com") for who in ("known", "pending", "unknown")
    )

    assert known == pending == unknown
    assert ContactRequest.objects.count() == 4
