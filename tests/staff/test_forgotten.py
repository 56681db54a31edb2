"""A forgotten password: the same answer for every address, a link that works once and for an hour."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customerlabs.staff.forgotten import ForgottenPassword
from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention
from tests.signing_in import sign_in
from tests.staff.accounts import DESK, colleague, english, give_password, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
NEW = "une toute autre suite"


def ask(client: Client, email: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": email})


def link() -> str:
    deliver_due()
    found = re.search(r"http://127\.0\.0\.1:8000(/account/forgotten/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def choose(client: Client, address: str) -> Any:
    shown = client.get(address, follow=True)
    return client.post(shown.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})


def test_a_link_comes_by_mail_and_sets_another_password(client: Client) -> None:
    ana = colleague()
    elsewhere = sign_in(english(), ana)

    assert ask(client, "Ana@example.com")["Location"] == reverse("account_reset_password_done")
    choose(client, link())

    assert mail.outbox[-1].to == ["ana@example.com"]
    assert elsewhere.get(DESK).status_code == 302
    assert client.get(DESK).status_code == 302, "it signs nobody in"
    assert give_password(client, password=NEW)["Location"] == DESK


def test_it_replaces_no_second_factor(client: Client) -> None:
    with_app(colleague())
    ask(client, "ana@example.com")
    choose(client, link())

    assert give_password(client, password=NEW)["Location"] == reverse("mfa_authenticate")


def test_the_link_works_once_and_for_an_hour(client: Client) -> None:
    colleague()
    ask(client, "ana@example.com")
    address = link()
    with time_machine.travel(timezone.localtime() + timedelta(hours=1, seconds=2)):
        assert "more than an hour old" in client.get(address).content.decode()
    choose(client, address)

    assert "more than an hour old" in english().get(address).content.decode()


def test_known_and_unknown_addresses_get_the_same_answer_by_the_same_statements(client: Client) -> None:
    colleague()
    ask(client, "warming.up@example.com")
    answers, statements = [], []
    for email in ("ana@example.com", "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answers.append(ask(client, email)["Location"])
        statements.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in seen.captured_queries])

    assert answers[0] == answers[1]
    assert statements[0] == statements[1]
    deliver_due()
    assert [sent.to for sent in mail.outbox] == [["ana@example.com"]]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": "else@example.com"}])
def test_a_closed_account_and_a_stranger_get_no_mail(client: Client, fields: dict[str, Any]) -> None:
    colleague(**fields)
    ask(client, "ana@example.com")

    deliver_due()

    assert mail.outbox == []
    assert Letter.objects.get().state == Letter.State.DROPPED


def test_nobody_is_pestered_and_nothing_but_a_key_is_kept_for_a_day(client: Client, settings: Any) -> None:
    settings.LETTERS_PER_ADDRESS = 2
    colleague()
    for _ in range(4):
        ask(client, "ana@example.com")
    deliver_due()

    assert len(mail.outbox) == 2
    assert "ana@" not in str(list(ForgottenPassword.objects.values()))
    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=1, seconds=1))
    assert not ForgottenPassword.objects.exists()
