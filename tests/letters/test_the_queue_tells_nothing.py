"""The queue, its errors and its log lines hold no address and no text (P7.1)."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from django.test import Client
from django.urls import reverse

from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from tests.letters.writing import ADDRESS, MESSAGE, acknowledgement, submit
from tests.post_office import PostOffice
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

CANARY = (ADDRESS, "zoe.lefevre", "Zoé", "Lefèvre", MESSAGE, "commande", "123456789")


@pytest.mark.promise("P7.1")
def test_a_queued_letter_is_a_reference(post_office: PostOffice) -> None:
    submit()

    rows = serializers.serialize("json", Letter.objects.all(), ensure_ascii=False)

    assert rows.count("privacy.letter") == 2
    for word in CANARY:
        assert word not in rows


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize(
    ("verb", "code"), [("RCPT", 450), ("RCPT", 550), ("MAIL", 550), ("DATA", 554), ("RCPT", 421), ("DATA", 451)]
)
def test_an_error_never_quotes_the_address(
    post_office: PostOffice, caplog: pytest.LogCaptureFixture, verb: str, code: int
) -> None:
    acknowledgement()
    post_office.answers[verb] = [f"{code} <{ADDRESS}>: away"]

    with caplog.at_level(logging.DEBUG):
        deliver_due()

    row = serializers.serialize("json", Letter.objects.all(), ensure_ascii=False)
    assert str(code) in row
    for word in CANARY:
        assert word not in row
        assert word not in caplog.text


def test_staff_see_a_letter_that_failed_and_have_it_tried_again(post_office: PostOffice, client: Client) -> None:
    letter = acknowledgement()
    post_office.answers["RCPT"] = ["550 No"]
    deliver_due()
    sign_in(client, get_user_model()._default_manager.create_superuser(email="desk@example.com", password=None))
    page = reverse("admin:privacy_letter_changelist")

    shown = client.get(page, {"state__exact": "failed"})
    done = client.post(page, {"action": "try_again", "_selected_action": [str(letter.pk)]})
    deliver_due()

    assert "SMTPRecipientsRefused 550" in shown.content.decode()
    assert ADDRESS not in shown.content.decode()
    assert done.status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (Letter.State.SENT, 1, "")
    assert len(post_office.to(ADDRESS)) == 1


def test_a_letter_that_left_is_not_tried_again(post_office: PostOffice, client: Client) -> None:
    letter = acknowledgement()
    deliver_due()
    sign_in(client, get_user_model()._default_manager.create_superuser(email="desk@example.com", password=None))

    client.post(
        reverse("admin:privacy_letter_changelist"), {"action": "try_again", "_selected_action": [str(letter.pk)]}
    )
    deliver_due()

    assert len(post_office.received) == 1
