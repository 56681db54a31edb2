"""Sign-ins: how long they last, what is kept of them, who ends them, and the mail about one from somewhere new."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customerlabs.models import SignIn
from privacy.audit.models import AuditEntry
from privacy.letters.queue import deliver_due
from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention
from tests.desk.desk import signed_in
from tests.signing_in import sign_in
from tests.staff.accounts import DESK, colleague, english, give_password

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
SECOND = timedelta(seconds=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(("later", "status"), [(-SECOND, 200), (timedelta(0), 302), (SECOND, 302)])
def test_a_sign_in_ends_after_eight_hours_whatever_is_done_meanwhile(
    client: Client, later: timedelta, status: int
) -> None:
    ana = colleague()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        began = timezone.now()
        sign_in(client, ana)
        while timezone.now() < began + timedelta(hours=7, minutes=40):
            clock.shift(timedelta(minutes=20))
            assert client.get(DESK).status_code == 200
        clock.move_to(began + timedelta(hours=8) + later)

        assert client.get(DESK).status_code == status


@pytest.mark.parametrize(("later", "status"), [(-SECOND, 200), (timedelta(0), 302)])
def test_a_sign_in_ends_after_half_an_hour_without_a_click(client: Client, later: timedelta, status: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, colleague())
        clock.shift(timedelta(minutes=30) + later)

        assert client.get(DESK).status_code == status
        assert client.get(DESK).status_code == status


def test_what_is_kept_of_a_sign_in_is_a_browser_s_name_and_a_network(client: Client) -> None:
    colleague()

    give_password(client, headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.77")
    give_password(english(), headers={"user-agent": CHROME}, REMOTE_ADDR="2001:db8:1:2:3:4:5:6")

    kept = list(SignIn.objects.order_by("pk").values_list("browser", "network"))
    assert kept == [("Firefox, Linux", "203.0.113.0/24"), ("Chrome, Windows", "2001:db8:1::/48")]


def test_somebody_ends_a_sign_in_of_their_own_and_nobody_else_s(client: Client) -> None:
    ana = colleague()
    leo = signed_in(colleague(email="leo@example.com"))
    elsewhere = signed_in(ana)
    sign_in(client, ana)
    theirs = SignIn.objects.exclude(user=ana).get()
    old = SignIn.objects.filter(user=ana).earliest("pk")

    assert client.get(reverse("mfa_index")).content.decode().count("Sign out there") == 1
    client.post(reverse("end-sign-ins"), {"sign_in": old.pk})
    client.post(reverse("end-sign-ins"), {"sign_in": theirs.pk})

    assert [who.get(DESK).status_code for who in (client, elsewhere, leo)] == [200, 302, 200]
    assert AuditEntry.objects.filter(by=ana.pk, record_id=str(old.pk), details="ended_at").exists()


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "x", "-1"])
def test_a_number_that_is_no_sign_in_ends_nothing(client: Client, number: str) -> None:
    ana = colleague()
    elsewhere = signed_in(ana)

    sign_in(client, ana).post(reverse("end-sign-ins"), {"sign_in": number})

    assert elsewhere.get(DESK).status_code == 200


def test_every_page_of_the_admin_leads_to_one_s_own_account(client: Client) -> None:
    sign_in(client, colleague())

    assert f'href="{reverse("mfa_index")}"' in client.get(DESK).content.decode()


def test_somebody_ends_all_their_other_sign_ins(client: Client) -> None:
    ana = colleague()
    others = [signed_in(ana), signed_in(ana)]
    sign_in(client, ana)

    client.post(reverse("end-sign-ins"))

    assert [who.get(DESK).status_code for who in (client, *others)] == [200, 302, 302]


def test_sign_ins_that_have_run_out_are_neither_shown_nor_ended(client: Client) -> None:
    ana = colleague()
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        signed_in(ana)
    sign_in(client, ana)

    shown = client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("end-sign-ins"))

    assert "Sign out there" not in shown
    assert not SignIn.objects.exclude(ended_at=None).exists()
    assert not AuditEntry.objects.filter(details="ended_at").exists()


def test_a_sign_in_is_not_ended_without_a_line_in_the_trail(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = colleague()
    signed_in(ana)
    sign_in(client, ana)
    monkeypatch.setattr("customerlabs.staff.sign_ins.record_all", Mock(side_effect=DatabaseError))

    with pytest.raises(DatabaseError):
        client.post(reverse("end-sign-ins"))

    assert not SignIn.objects.exclude(ended_at=None).exists()


def test_a_superuser_ends_the_sign_ins_of_others_and_the_officer_does_not(client: Client) -> None:
    ana = signed_in(colleague())
    chosen = {"action": "end_selected", "_selected_action": [SignIn.objects.get().pk]}
    page = reverse("admin:customerlabs_signin_changelist")

    refused = signed_in(colleague("DPO", "dpo@example.com")).post(page, chosen)
    still = ana.get(DESK).status_code
    root = colleague("", "root@example.com", is_superuser=True)
    sign_in(client, root).post(page, chosen)

    assert (refused.status_code, still, ana.get(DESK).status_code) == (403, 200, 302)
    assert AuditEntry.objects.filter(by=root.pk, action="changed", table="customerlabs.signin").exists()


def test_a_sign_in_from_somewhere_new_is_told_by_mail_and_one_from_a_known_place_is_not() -> None:
    colleague()
    for agent, address in [(FIREFOX, "203.0.113.7"), (FIREFOX, "203.0.113.8"), (CHROME, "198.51.100.1")]:
        give_password(english(), headers={"user-agent": agent}, REMOTE_ADDR=address)

    deliver_due()

    [told] = mail.outbox
    assert told.to == ["ana@example.com"]
    assert "Chrome, Windows" in told.body
    assert "198.51.100.0/24" in told.body
    assert "198.51.100.1\n" not in told.body
    assert [word for word in told.body.split() if "/account/" in word] == ["http://127.0.0.1:8000/account/"]


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("days", "left"), [(180, 1), (190, 0)])
def test_the_record_of_a_sign_in_goes_after_six_months(client: Client, days: int, left: int) -> None:
    sign_in(client, colleague())

    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=days))

    assert SignIn.objects.count() == left


def test_a_row_opens_no_session_and_a_session_without_a_row_opens_nothing(client: Client) -> None:
    sign_in(client, colleague())
    key = client.session.session_key

    assert str(key) not in str(list(SignIn.objects.values()))
    SignIn.objects.all().delete()
    assert client.get(DESK).status_code == 302


def test_visitors_are_not_looked_up(client: Client) -> None:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get("/en/contact/")

    assert answer.status_code == 200
    assert [
        query["sql"] for query in seen.captured_queries if "session" in query["sql"] or "signin" in query["sql"]
    ] == []
