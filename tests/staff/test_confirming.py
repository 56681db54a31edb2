"""What can't be taken back, or shows what is confidential, asks once more who it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.urls import reverse

from customerlabs.models import StaffMember
from privacy import confirming
from privacy.audit.models import AuditEntry
from privacy.consents.models import Consent
from privacy.retention.models import RetentionRun
from tests.prospects.people import confirmed
from tests.rights.people import proved
from tests.signing_in import code_of, five_minutes_later, sign_in
from tests.staff.accounts import PASSWORD, colleague, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]


def consented() -> Consent:
    confirmed()
    return Consent.objects.get()


SENSITIVE: dict[str, Callable[[], str]] = {
    "the papers of a request": lambda: reverse("admin:privacy_paper_of", args=[proved().pk]),
    "a paper": lambda: reverse("admin:privacy_paper_show", args=[1]),
    "taking the list of prospects away": lambda: reverse("admin:contact_prospect_export"),
    "taking the proof of a consent away": lambda: reverse("admin:privacy_consent_file", args=[consented().pk, "csv"]),
    "carrying out a directive": lambda: reverse("admin:privacy_directive_carry_out", args=[1]),
    "a new account": lambda: reverse("admin:customerlabs_staffmember_add"),
    "somebody's password": lambda: reverse("admin:auth_user_password_change", args=[colleague().pk]),
    "deleting an account": lambda: reverse("admin:customerlabs_staffmember_delete", args=[colleague().pk]),
    "a new role": lambda: reverse("admin:auth_group_add"),
}


@pytest.fixture
def root(client: Client) -> StaffMember:
    who = colleague("DPO", "root@example.com", is_superuser=True)
    sign_in(client, who)
    return who


@pytest.mark.parametrize("name", SENSITIVE)
def test_it_asks_and_then_shows_the_page(client: Client, root: StaffMember, name: str) -> None:
    page = SENSITIVE[name]()
    assert client.get(page).status_code in {200, 404}
    five_minutes_later(client)

    asked = client.get(page)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(asked["Location"]).status_code == 200
    done = client.post(asked["Location"], {"password": PASSWORD, "next": page})

    assert done["Location"] == page
    assert client.get(page).status_code in {200, 404}


@pytest.mark.parametrize(
    ("table", "posted"),
    [
        ("privacy_auditentry", {"_export": "1", "staff": ""}),
        ("privacy_consent", {"action": "take_json"}),
        ("privacy_consent", {"action": "take_csv", "select_across": "1"}),
        ("contact_prospect", {"action": "unsubscribe_on_request"}),
        ("contact_prospect", {"action": "unsubscribe_on_request", "sure": "yes"}),
    ],
)
def test_what_leaves_or_ends_from_a_list_is_pressed_again_once_it_was_confirmed(
    client: Client, root: StaffMember, table: str, posted: dict[str, Any]
) -> None:
    chosen = confirmed() if table == "contact_prospect" else consented()
    page = reverse(f"admin:{table}_changelist") + "?o=1"
    posted = {**posted, "_selected_action": [chosen.pk]}
    five_minutes_later(client)

    asked = client.post(page, posted)
    done = client.post(asked["Location"], {"password": PASSWORD, "next": page})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert done["Location"] == page
    assert type(chosen).objects.filter(pk=chosen.pk).exists()
    assert not AuditEntry.objects.filter(action="exported").exists()
    assert not client.post(page, posted).get("Location", "").startswith(reverse("account_reauthenticate"))


def test_a_role_is_given_only_once_it_was_confirmed_and_it_is_in_the_trail(client: Client, root: StaffMember) -> None:
    ana = colleague()
    page = reverse("admin:customerlabs_staffmember_change", args=[ana.pk])
    given = {"email": ana.email, "is_active": "on", "is_staff": "on", "groups": [Group.objects.get(name="DPO").pk]}
    five_minutes_later(client)

    asked = client.post(page, given)
    before = list(ana.groups.values_list("name", flat=True))
    done = client.post(asked["Location"], {"password": PASSWORD})

    assert before == ["Staff"]
    assert done["Location"] == reverse("admin:customerlabs_staffmember_changelist")
    assert list(ana.groups.values_list("name", flat=True)) == ["DPO"]
    entry = AuditEntry.objects.get(by=root.pk, action="changed", record_id=str(ana.pk))
    assert "groups" in entry.details
    assert ana.email not in entry.details


def test_a_purge_is_asked_for_only_once_it_was_confirmed_and_counting_asks_nothing(
    client: Client, root: StaffMember
) -> None:
    page = reverse("admin:privacy_retentionrun_ask")
    five_minutes_later(client)

    client.post(page, {"do": "count"})
    asked = client.post(page, {"do": "purge"})
    before = list(RetentionRun.objects.values_list("dry_run", flat=True))
    done = client.post(asked["Location"], {"password": PASSWORD})

    assert before == [True]
    assert done["Location"].endswith("?follow=1")
    assert list(RetentionRun.objects.order_by("pk").values_list("dry_run", flat=True)) == [True, False]


def test_what_was_given_up_is_not_carried_out_when_something_else_is_confirmed(
    client: Client, root: StaffMember
) -> None:
    ana = colleague()
    elsewhere = reverse("admin:auth_group_add")
    five_minutes_later(client)
    client.post(reverse("admin:customerlabs_staffmember_delete", args=[ana.pk]), {"post": "yes"})

    asked = client.get(elsewhere)["Location"]
    done = client.post(asked, {"password": PASSWORD, "next": elsewhere})

    assert done["Location"] == elsewhere
    assert StaffMember.objects.filter(pk=ana.pk).exists()


def test_a_password_typed_for_somebody_waits_nowhere(client: Client, root: StaffMember) -> None:
    page = reverse("admin:customerlabs_staffmember_add")
    five_minutes_later(client)

    client.post(page, {"email": "new@example.com", "password1": "kept nowhere at all", "password2": "x"})

    assert "kept nowhere" not in str(dict(client.session))
    assert not StaffMember.objects.filter(email="new@example.com").exists()


def test_whoever_has_a_factor_confirms_with_it_and_not_with_the_password(client: Client, root: StaffMember) -> None:
    secret = with_app(root)
    page = reverse("admin:auth_group_add")
    five_minutes_later(client)

    asked = client.get(page)["Location"]
    by_password = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": page})
    client.post(reverse("mfa_reauthenticate"), {"code": "000000", "next": page})
    still = client.get(page).status_code
    done = client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret), "next": page})

    assert asked.startswith(reverse("mfa_reauthenticate"))
    assert by_password["Location"].startswith(reverse("mfa_reauthenticate"))
    assert (still, done["Location"], client.get(page).status_code) == (302, page, 200)


def test_looking_at_accounts_asks_nothing(client: Client, root: StaffMember) -> None:
    ana = colleague()
    five_minutes_later(client)

    assert client.get(reverse("admin:customerlabs_staffmember_changelist")).status_code == 200
    assert client.get(reverse("admin:customerlabs_staffmember_change", args=[ana.pk])).status_code == 200


def test_where_nobody_said_how_to_ask_nothing_of_the_kind_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(confirming, "_asked_by", asked)

    with pytest.raises(ImproperlyConfigured):
        confirming.ask_again(RequestFactory().get("/"))
