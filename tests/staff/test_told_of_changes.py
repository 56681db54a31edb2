"""The owner of an account is told by mail of what changes how it opens, whoever does it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from customerlabs.models import StaffMember
from customerlabs.staff.opening import let_back_in
from privacy.letters.queue import deliver_due
from tests.signing_in import code_of, sign_in
from tests.staff.accounts import PASSWORD, colleague, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
NEW = "une autre suite de mots"


def add_app(client: Client, ana: StaffMember) -> None:
    secret = str(client.get(reverse("mfa_activate_totp")).context["form"].secret)
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})


def remove_app(client: Client, ana: StaffMember) -> None:
    with_app(ana)
    client.post(reverse("mfa_deactivate_totp"))


def make_codes_anew(client: Client, ana: StaffMember) -> None:
    with_app(ana)
    client.post(reverse("mfa_generate_recovery_codes"))


def change_password(client: Client, ana: StaffMember) -> None:
    page = reverse("account_change_password")
    client.post(page, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})


def have_it_changed(client: Client, ana: StaffMember) -> None:
    sign_in(client, colleague("", "root@example.com", is_superuser=True))
    page = reverse("admin:auth_user_password_change", args=[ana.pk])
    client.post(page, {"usable_password": "true", "password1": NEW, "password2": NEW})


def be_let_back_in(client: Client, ana: StaffMember) -> None:
    let_back_in(ana)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (add_app, "Une application qui affiche des codes a été ajoutée."),
        (remove_app, "L’application qui affiche des codes a été retirée."),
        (make_codes_anew, "De nouveaux codes de secours ont été créés"),
        (change_password, "Le mot de passe a été changé."),
        (have_it_changed, "Le mot de passe a été changé."),
        (be_let_back_in, "Tous les seconds facteurs ont été retirés."),
    ],
)
def test_its_owner_is_told_what_changed_and_no_secret(
    client: Client, change: Callable[[Client, StaffMember], Any], said: str
) -> None:
    ana = colleague()
    sign_in(client, ana)
    with TestCase.captureOnCommitCallbacks(execute=True):
        change(client, ana)

    deliver_due()

    [told] = mail.outbox
    assert told.to == ["ana@example.com"]
    assert said in told.body
    assert NEW not in told.body
    assert [word for word in told.body.split() if "/account/" in word] == ["http://127.0.0.1:8000/account/"]


def test_it_is_told_in_english_where_the_site_is_english(client: Client, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    ana = colleague()
    sign_in(client, ana)

    change_password(client, ana)
    deliver_due()

    assert mail.outbox[0].subject == "Your account was changed"
    assert "The password was changed." in mail.outbox[0].body


def test_whose_account_is_gone_is_not_written_to(client: Client) -> None:
    ana = colleague()
    sign_in(client, ana)
    change_password(client, ana)
    ana.delete()

    deliver_due()

    assert mail.outbox == []
