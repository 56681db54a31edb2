"""A second factor: compulsory for the data protection officer and superusers, sealed at rest, lost one day."""

from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as site
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from customerlabs.models import SignIn, StaffMember
from privacy.audit.models import AuditEntry
from tests.desk.desk import signed_in
from tests.signing_in import code_of, five_minutes_later, sign_in
from tests.staff.accounts import (
    DESK,
    PASSWORD,
    colleague,
    english,
    give_code,
    give_password,
    recovery_codes,
    with_app,
    with_passkey,
)

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
ENROL = "/account/app/"


@pytest.mark.parametrize(("group", "more"), [("DPO", {}), ("", {"is_superuser": True})], ids=["DPO", "superuser"])
def test_without_a_factor_the_officer_gets_to_the_enrolment_pages_only(
    client: Client, group: str, more: dict[str, Any]
) -> None:
    colleague(group, **more)
    give_password(client)

    for page in (DESK, "/admin/contact/contactrequest/", "/admin/record/csv/", "/account/", "/account/password/"):
        assert client.get(page)["Location"] == ENROL, page
    for page in (f"{DESK}contact/contactrequest/", "/account/password/", "/account/sign-ins/end/"):
        assert client.post(page)["Location"] == ENROL, page
    assert client.get(ENROL).status_code == 200
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def enrol(client: Client) -> str:
    secret = str(client.get(ENROL).context["form"].secret)
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(ENROL, {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_once_a_factor_stands_everything_is_open_and_other_sign_ins_are_over(client: Client) -> None:
    dpo = colleague("DPO")
    thief = english()
    give_password(thief)
    give_password(client)

    enrol(client)

    assert len(client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]) == 10
    assert client.get(DESK).status_code == 200
    assert thief.get(DESK, follow=True).redirect_chain[-1][0].startswith("/account/sign-in/")
    details = set(AuditEntry.objects.filter(by=dpo.pk).values_list("details", flat=True))
    assert {"factor added, totp", "factor added, recovery_codes"} <= details


def test_a_role_given_to_somebody_who_is_in_already_needs_the_factor_at_once(client: Client) -> None:
    ana = colleague()
    give_password(client)
    assert client.get(DESK).status_code == 200

    ana.groups.add(Group.objects.get(name="DPO"))

    assert client.get(DESK)["Location"] == ENROL


def test_what_is_the_officer_s_needs_the_factor_whatever_the_group_is_called(client: Client) -> None:
    Group.objects.filter(name="DPO").update(name="Deputy")
    colleague("Deputy")

    give_password(client)

    assert client.get("/admin/privacy/rightsrequest/")["Location"] == ENROL


def test_a_session_without_the_factor_that_stands_meanwhile_is_over(client: Client) -> None:
    ana = colleague()
    give_password(client)
    ana.groups.add(Group.objects.get(name="DPO"))
    with_app(ana)

    assert client.get(DESK)["Location"].startswith("/account/sign-in/")
    assert give_password(client)["Location"] == reverse("mfa_authenticate")


def test_others_may_have_a_factor_and_need_none(client: Client) -> None:
    colleague("Staff")
    give_password(client)

    assert client.get(DESK).status_code == 200
    enrol(client)
    assert client.get(DESK).status_code == 200


def test_taking_the_only_factor_off_leads_back_to_the_enrolment_pages(client: Client) -> None:
    colleague("DPO")
    give_password(client)
    enrol(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    assert client.get(DESK)["Location"] == ENROL


def test_the_code_an_app_was_enrolled_with_opens_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.cache.add", lambda *a, **k: True)
    colleague("DPO")
    give_password(client)
    with time_machine.travel(timezone.now(), tick=False):
        secret = enrol(client)
        other = english()
        give_password(other)

        again = give_code(other, code_of(secret))

    assert "was used already" in again.content.decode()
    assert give_code(other, code_of(secret, ahead=1))["Location"] == DESK


def test_a_recovery_code_opens_once(client: Client) -> None:
    ana = colleague("DPO")
    with_app(ana)
    code = recovery_codes(ana)[0]
    give_password(client)
    give_code(client, code)
    other = english()
    give_password(other)

    give_code(other, code)

    assert client.get(DESK).status_code == 200
    assert other.get(DESK).status_code == 302
    assert len(recovery_codes(ana)) == 9


def test_secrets_are_sealed_and_open_with_an_older_key_too(settings: Any) -> None:
    ana = colleague()
    secret = with_app(ana)
    codes = recovery_codes(ana)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    assert not [code for code in codes if code in stored]
    settings.FILE_KEYS = ["a newer key", *site.FILE_KEYS]
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret))


def test_a_change_of_key_takes_the_factors_along(settings: Any, capsys: Any) -> None:
    secret = with_app(colleague())
    settings.FILE_KEYS = ["a newer key", *site.FILE_KEYS]

    call_command("keys", "--move")
    settings.FILE_KEYS = ["a newer key"]

    assert "2 pieces" in capsys.readouterr().out
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(secret))


def test_a_secret_no_key_opens_any_more_is_a_wrong_code_and_no_error(client: Client, settings: Any) -> None:
    secret = with_app(colleague())
    settings.FILE_KEYS = ["another key"]
    give_password(client)

    assert give_code(client, code_of(secret)).status_code == 200
    assert client.get(DESK).status_code == 302


def test_create_dpo_makes_the_account_and_tells_its_password_once(capsys: Any, client: Client) -> None:
    call_command("create_dpo", "dpo@example.com")
    password = capsys.readouterr().out.split("once: ")[1].split("\n")[0]

    give_password(client, email="dpo@example.com", password=password)

    assert client.get(DESK)["Location"] == ENROL
    who = StaffMember.objects.get()
    assert ([group.name for group in who.groups.all()], who.is_superuser) == (["DPO"], False)
    entry = AuditEntry.objects.get(action="added")
    assert (entry.job, entry.record_id, entry.by) == ("create_dpo", str(who.pk), None)


def test_create_dpo_lets_an_account_back_in_whose_last_factor_is_lost(client: Client) -> None:
    dpo = colleague("DPO", "dpo@example.com")
    with_app(dpo)
    sign_in(client, dpo)

    call_command("create_dpo", "DPO@example.com", "--recover", verbosity=0)

    assert not Authenticator.objects.exists()
    assert not SignIn.objects.filter(ended_at=None).exists()
    assert client.get(DESK).status_code == 302
    give_password(client, email="dpo@example.com")
    assert client.get(DESK)["Location"] == ENROL
    assert AuditEntry.objects.filter(job="create_dpo", record_id=str(dpo.pk), details="every factor removed").exists()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["dpo@example.com"], "has an account already"),
        (["nobody@example.com", "--recover"], "No account has this address"),
        (["no address"], "no e-mail address"),
    ],
)
def test_create_dpo_says_why_it_does_nothing(given: list[str], why: str) -> None:
    colleague("DPO", "dpo@example.com")

    with pytest.raises(CommandError, match=why):
        call_command("create_dpo", *given)

    assert StaffMember.objects.get().check_password(PASSWORD)


def test_no_secret_is_shown_in_the_admin() -> None:
    root = colleague("", "root@example.com", is_superuser=True)
    with_app(root)

    assert signed_in(root).get("/admin/mfa/authenticator/").status_code == 404
    assert signed_in(root).get("/admin/account/emailaddress/").status_code == 404


def test_a_passkey_is_renamed_by_its_owner_alone_who_has_just_shown_who_they_are(client: Client) -> None:
    ana = colleague()
    mine, theirs = with_passkey(ana), with_passkey(colleague(email="bo@example.com"))
    sign_in(client, ana)
    page = reverse("mfa_edit_webauthn", args=[mine.pk])

    shown = client.get(page).content.decode()
    nameless = client.post(page, {"name": ""})
    renamed = client.post(page, {"name": "Key in the safe"})
    other = client.post(reverse("mfa_edit_webauthn", args=[theirs.pk]), {"name": "Mine now"})
    five_minutes_later(client)
    late = client.post(page, {"name": "Later"})

    assert 'value="Phone"' in shown
    assert nameless.status_code == 200
    assert renamed["Location"].startswith("/account/")
    assert other.status_code == 404
    assert late["Location"].startswith(reverse("account_reauthenticate"))
    assert [each.wrap().name for each in Authenticator.objects.order_by("pk")] == ["Key in the safe", "Phone"]
    assert "Key in the safe" in sign_in(client, ana).get(reverse("mfa_index")).content.decode()
    entry = AuditEntry.objects.get(by=ana.pk, action="changed")
    assert (entry.record_id, entry.details) == (str(ana.pk), "passkey renamed")
