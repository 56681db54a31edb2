"""A message that waits for its confirmation: one link, 24 hours, then it is gone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from privacy.letters.queue import deliver_due
from privacy.models import ConsentEvent, Letter, RetentionRun, SingleUseLink
from privacy.retention.engine import enforce_retention
from tests.contact.posts import MESSAGE, post

pytestmark = pytest.mark.django_db


def link_in_mail() -> str:
    deliver_due()
    [path] = re.findall(r"https?://[^/]+(/\S+)", str(mail.outbox[-1].body))[:1]
    return str(path)


def hold(client: Client, language: str = "fr", **changes: Any) -> str:
    client.post(f"/{language}/contact/", post(website="filled in", **changes))
    return link_in_mail()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_link_shows_a_page_and_its_button_lets_the_message_in(client: Client, language: str) -> None:
    link = hold(client, language)

    shown = client.get(link)
    before = ContactRequest.objects.get().status
    done = client.post(link)

    assert shown.status_code == 200
    assert before == ContactRequest.Status.HELD
    assert done.status_code == 302
    request = ContactRequest.objects.get()
    assert (request.status, request.held_until) == (ContactRequest.Status.NEW, None)
    assert Letter.objects.filter(kind="contact.team_notice").count() == 1


def test_the_mail_holds_nothing_of_what_was_typed(client: Client) -> None:
    hold(client, first_name="Buy-now", last_name="Cheap-pills")

    told = f"{mail.outbox[-1].subject} {mail.outbox[-1].body}"
    assert not {word for word in ("Buy-now", "Cheap-pills", MESSAGE, "01 23 45 67 89") if word in told}


def test_the_link_acts_once_and_a_second_click_is_told_that_all_is_well(client: Client) -> None:
    link = hold(client)

    answers = [client.post(link), client.post(link), client.get(link)]

    assert [answer["Location"] for answer in answers] == ["/fr/contact/merci/"] * 3
    assert Letter.objects.filter(kind="contact.team_notice").count() == 1
    assert SingleUseLink.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_clicks_at_once_one_lets_the_message_in_and_none_is_turned_away(client: Client) -> None:
    link = hold(client)

    def click(_: int) -> int:
        try:
            return Client().post(link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(click, range(20)))

    assert statuses == [302] * 20
    assert Letter.objects.filter(kind="contact.team_notice").count() == 1


def test_the_link_stands_nowhere_in_the_database(client: Client) -> None:
    link = hold(client)

    token = link.rstrip("/").rpartition("/")[2]
    assert len(token) >= 22
    assert SingleUseLink.objects.get().digest != token


def test_a_page_with_a_link_is_not_cached_nor_told_to_others(client: Client) -> None:
    answer = client.get(hold(client))

    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_after_24_hours_the_link_has_ended_and_the_purge_takes_everything(client: Client) -> None:
    link = hold(client, news="on")
    sent = timezone.now()

    with time_machine.travel(sent + timedelta(hours=24), tick=False):
        gone = client.post(link).status_code
    enforce_retention(RetentionRun.Trigger.COMMAND, now=sent + timedelta(hours=24, seconds=1))

    assert gone == 410
    assert not ContactRequest.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert not SingleUseLink.objects.exists()
    assert not Letter.objects.exists()
    assert not Prospect.objects.exists()


def test_the_wish_for_news_waits_with_the_message(client: Client) -> None:
    link = hold(client, news="on")
    before = Prospect.objects.count()

    client.post(link)

    assert before == 0
    assert Prospect.objects.get().pending_until is not None


@pytest.mark.parametrize("token", ["x", "A" * 22, "a-b_c" * 8])
def test_a_link_that_was_never_given_says_so_politely(client: Client, token: str) -> None:
    answer = client.get(f"/fr/contact/confirmer/{token}/")

    assert answer.status_code == 410
    assert "Ce lien n’est plus valable" in answer.content.decode()
