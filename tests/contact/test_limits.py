"""The form is open to the world: a flood waits or is refused, a person always gets through."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contact.models import ContactRequest
from privacy.models import Letter, LimitCount, RetentionRun
from privacy.retention.engine import enforce_retention
from tests.contact.posts import MESSAGE, number, post

pytestmark = pytest.mark.django_db


def send(client: Client, address: str = "203.0.113.1", **changes: Any) -> Any:
    return client.post("/fr/contact/", post(**changes), REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("website", "age"),
    [
        pytest.param("https://spam.example", timedelta(minutes=1), id="the field nobody sees is filled in"),
        pytest.param("", timedelta(seconds=1), id="sent a second after the form was shown"),
        pytest.param("", timedelta(days=1, seconds=5), id="shown more than a day ago"),
    ],
)
def test_what_looks_like_a_program_waits_for_a_confirmation_by_mail(
    client: Client, website: str, age: timedelta
) -> None:
    answer = send(client, website=website, number=number(age))

    assert answer["Location"] == "/fr/contact/encore-une-etape/"
    request = ContactRequest.objects.get()
    assert request.status == ContactRequest.Status.HELD
    assert [letter.kind for letter in Letter.objects.all()] == ["contact.confirmation"]


def test_past_the_first_limit_a_message_waits_and_past_the_second_it_is_refused_for_now(
    client: Client, settings: Any
) -> None:
    settings.CONTACT_LIMIT_CLIENT = (2, 4)

    answers = [send(client) for _ in range(5)]

    thanks, held = "/fr/contact/merci/", "/fr/contact/encore-une-etape/"
    assert [answer.get("Location") for answer in answers] == [thanks, thanks, held, held, None]
    refused = answers[-1]
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    page = unescape(refused.content.decode())
    assert MESSAGE in page
    assert "zoe.lefevre@example.com" in page
    assert "Trop de messages arrivent en ce moment" in page
    assert ContactRequest.objects.count() == 4


def test_others_are_not_held_back_by_one_who_floods(client: Client, settings: Any) -> None:
    settings.CONTACT_LIMIT_CLIENT = (1, 1)

    answers = [send(client, "203.0.113.1"), send(client, "203.0.113.1"), send(client, "203.0.113.2")]

    assert [answer.status_code for answer in answers] == [302, 429, 302]


def test_the_whole_site_has_a_limit_too(client: Client, settings: Any) -> None:
    settings.CONTACT_LIMIT_SITE = (1, 2)

    answers = [send(client, f"203.0.113.{host}") for host in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert list(ContactRequest.objects.order_by("pk").values_list("status", flat=True)) == ["new", "held"]


def test_a_limit_ends_with_its_hour(client: Client, settings: Any) -> None:
    settings.CONTACT_LIMIT_CLIENT = (1, 1)
    with time_machine.travel(datetime(2026, 3, 2, 10, 59, 59, tzinfo=UTC), tick=False):
        statuses = [send(client).status_code, send(client).status_code]

    with time_machine.travel(datetime(2026, 3, 2, 11, 0, tzinfo=UTC), tick=False):
        statuses.append(send(client).status_code)

    assert statuses == [302, 429, 302]


def test_a_household_behind_one_ipv6_network_is_one_client(client: Client, settings: Any) -> None:
    settings.CONTACT_LIMIT_CLIENT = (1, 1)

    answers = [send(client, "2001:db8:1:2::1"), send(client, "2001:db8:1:2:ffff::9"), send(client, "2001:db8:1:3::1")]

    assert [answer.status_code for answer in answers] == [302, 429, 302]


def test_a_forwarding_header_is_believed_only_behind_a_declared_proxy(client: Client, settings: Any) -> None:
    settings.CONTACT_LIMIT_CLIENT = (1, 1)

    def forwarded(header: str) -> int:
        return client.post("/fr/contact/", post(), REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=header).status_code

    without = [forwarded("203.0.113.1"), forwarded("203.0.113.2")]
    settings.TRUSTED_PROXIES = 1
    behind = [forwarded("192.0.2.9, 203.0.113.3"), forwarded("192.0.2.8, 203.0.113.3"), forwarded("203.0.113.4")]

    assert without == [302, 429]
    assert behind == [302, 429, 302]


@pytest.mark.promise("P7.1")
def test_counts_name_nobody_and_are_gone_after_their_window(client: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 10, 30, tzinfo=UTC), tick=False):
        send(client, "203.0.113.1")

    assert LimitCount.objects.count() == 4
    assert not LimitCount.objects.filter(digest__contains="203").filter(digest__contains="zoe").exists()
    enforce_retention(RetentionRun.Trigger.COMMAND, now=datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    assert not LimitCount.objects.exists()


def test_nobody_can_make_the_site_write_to_a_stranger_more_than_a_few_times_a_day(
    client: Client, settings: Any
) -> None:
    settings.LETTERS_PER_ADDRESS = 3

    for host in range(5):
        answer = send(client, f"203.0.113.{host}", email="Stranger@Example.com" if host % 2 else "stranger@example.com")
        assert answer["Location"] == "/fr/contact/merci/"

    acknowledgements = Letter.objects.filter(kind="contact.acknowledgement")
    assert acknowledgements.filter(state=Letter.State.QUEUED).count() == 3
    assert acknowledgements.filter(state=Letter.State.DROPPED).count() == 2
    assert ContactRequest.objects.count() == 5


def test_what_the_visitor_sees_does_not_depend_on_what_others_sent_to_that_address(
    client: Client, settings: Any
) -> None:
    settings.LETTERS_PER_ADDRESS = 1
    known = [send(client, "203.0.113.1", email="known@example.com") for _ in range(2)][-1]

    unknown = send(client, "203.0.113.2", email="unknown@example.com")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_known_and_an_unknown_address_run_the_same_statements(client: Client) -> None:
    send(client, "203.0.113.1", email="known@example.com", news="on")

    said = []
    for email in ("known@example.com", "unknown@example.com"):
        with CaptureQueriesContext(connection) as queries:
            send(client, "203.0.113.2", email=email, news="on")
        said.append([query["sql"][:24] for query in queries if "SAVEPOINT" not in query["sql"]])

    assert said[0] == said[1]
