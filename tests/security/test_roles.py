"""Each page and each action of the admin, asked for by each role: the answer is what the one table of roles says."""

from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.test import Client, RequestFactory

from customerlabs.models import StaffMember
from customerlabs.staff.groups import permissions_due
from customerlabs.staff.roles import TABLES, Role, admin_pages, permissions_of
from tests.desk.desk import member, signed_in
from tests.privacy.planting import database
from tests.security.every_page import plant_a_record_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
LOGIN = "/admin/login/"
OUTSIDE = ["visitor", "closed account", "account without the admin"]


def somebody(role: Role) -> StaffMember:
    if role is Role.ADMINISTRATOR:
        return StaffMember.objects.create_superuser("root@example.com", "a password of some length")
    return member({Role.STAFF: "Staff", Role.DPO: "DPO"}.get(role, ""))


def outside(who: str) -> Client:
    if who == "visitor":
        return Client()
    left = somebody(Role.ADMINISTRATOR)
    client = signed_in(left)
    StaffMember.objects.filter(pk=left.pk).update(is_staff=False)
    if who == "closed account":
        left.is_active = False
        left.save()
    return client


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    return plant_a_record_of_each()


def answered(client: Client, method: str, address: str) -> Any:
    """As if it had not been asked: nothing is kept, and nobody is signed out."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        answer: Any = getattr(client, method)(address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def needed(name: str, who: Role, method: str) -> Role:
    """To post to the page of a record is to change it; Django's page to read it is the same."""
    label = name.removeprefix("admin:").removesuffix("_change").replace("_", ".", 1)
    return TABLES[label].change if method == "post" and name.endswith("_change") and label in TABLES else who


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NOBODY])
def test_a_role_opens_its_own_pages_and_no_others(planted: dict[str, str], role: Role) -> None:
    client = signed_in(somebody(role))
    wrong, opened = [], 0

    for name, page in admin_pages():
        for method in {"get", "post"} & {method.lower() for method in page.methods}:
            status = answered(client, method, planted[name]).status_code
            may = needed(name, page.who, method) <= role
            opened += may
            if status >= 500 or (status == 403 if may else status not in {403, 404}):
                wrong.append(f"{method} {planted[name]} ({name}): {status}")

    assert wrong == []
    assert opened >= {Role.COLLEAGUE: 5, Role.STAFF: 12, Role.DPO: 120, Role.ADMINISTRATOR: 140}[role]


@pytest.mark.parametrize("who", OUTSIDE)
def test_whoever_does_not_belong_is_led_to_the_sign_in(planted: dict[str, str], who: str) -> None:
    client = outside(who)
    wrong = []

    for name, page in admin_pages():
        for method in {"get", "post"} & {method.lower() for method in page.methods}:
            answer = answered(client, method, planted[name])
            if answer.status_code != 302 or not answer["Location"].startswith((LOGIN, "/admin/")):
                wrong.append(f"{method} {planted[name]} ({name}): {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NOBODY])
def test_a_role_is_offered_its_own_actions_and_no_others(role: Role) -> None:
    request = RequestFactory().get("/")
    request.user = somebody(role)

    offered = {
        model._meta.label_lower: set(page.get_actions(request))
        for model, page in admin.site._registry.items()
        if page.has_view_permission(request)
    }

    assert offered == {
        label: {name for name, who in table.actions.items() if who <= role}
        for label, table in TABLES.items()
        if table.see <= role
    }


@pytest.mark.parametrize("role", [Role.STAFF, Role.DPO])
def test_an_action_that_is_not_offered_does_nothing_when_it_is_posted(planted: dict[str, str], role: Role) -> None:
    client = signed_in(somebody(role))
    without = ("django_session", "privacy_auditentry", "privacy_audithead")
    before, tried = list(database(without=without)), 0

    for label, table in TABLES.items():
        model = apps.get_model(label)
        for action, who in table.actions.items():
            if who > role:
                keys = list(model._base_manager.values_list("pk", flat=True))
                posted = {"action": action, "_selected_action": keys, "post": "yes", "sure": "yes"}
                client.post(planted[f"admin:{label.replace('.', '_')}_changelist"], posted)
                tried += 1

    assert tried >= 1
    assert list(database(without=without)) == before


@pytest.mark.parametrize(("group", "role"), [("Staff", Role.STAFF), ("DPO", Role.DPO)])
def test_a_group_has_the_permissions_of_its_role_and_each_exists(group: str, role: Role) -> None:
    who = member(group)

    assert who.get_all_permissions() == permissions_of(role)
    assert permissions_due(group).count() == len(permissions_of(role))


def test_nobody_is_a_role_of_the_admin_without_an_account() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert [page for page in admin.site._registry.values() if page.has_module_permission(request)] == []


def test_the_table_in_the_docs_is_the_one_that_holds(capsys: Any) -> None:
    call_command("roles")

    assert capsys.readouterr().out == (settings.BASE_DIR / "docs" / "roles.md").read_text(), (
        "manage.py roles > docs/roles.md"
    )
