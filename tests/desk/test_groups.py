"""Who may do what: the desk's staff, the data protection officer, a superuser, and somebody without a group."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from contact.models import AnswerTemplate, ContactRequest
from customerlabs.models import StaffMember
from customerlabs.staff.groups import make_groups
from tests.desk.desk import member, request, signed_in

pytestmark = pytest.mark.django_db

DESK = {
    "contact.view_contactrequest",
    "contact.change_contactrequest",
    "contact.view_answertemplate",
}


def allowed(client: Client, page: str, *arguments: object) -> bool:
    status = client.get(reverse(f"admin:{page}", args=arguments)).status_code
    assert status in (200, 403)
    return status == 200


def pages(client: Client) -> set[str]:
    """The lists and forms of the admin, of every table there is, that this person may open."""
    found = set()
    for model in apps.get_models():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            try:
                reverse(f"admin:{name}_{page}")
            except NoReverseMatch:
                continue
            if allowed(client, f"{name}_{page}"):
                found.add(f"{name}_{page}")
    return found


@pytest.mark.promise("P7.1")
def test_staff_see_the_contact_desk_and_nothing_else() -> None:
    client = signed_in(member("Staff"))

    assert pages(client) == {"contact_contactrequest_changelist", "contact_answertemplate_changelist"}
    assert member("Staff", email="leo@example.com").get_all_permissions() == DESK


@pytest.mark.promise("P7.1")
def test_the_officer_sees_all_of_privacy_and_contact_and_may_look_at_staff() -> None:
    client = signed_in(member("DPO"))

    seen = pages(client)

    assert {"contact_contactrequest_changelist", "contact_answertemplate_add", "privacy_letter_changelist"} <= seen
    assert "customerlabs_staffmember_changelist" in seen
    assert not {"customerlabs_staffmember_add", "auth_group_changelist"} & seen


def test_the_officer_reads_an_account_and_no_password() -> None:
    ana = member("Staff", email="ana@example.com")
    client = signed_in(member("DPO", email="dpo@example.com"))

    page = client.get(reverse("admin:customerlabs_staffmember_change", args=[ana.pk])).content.decode()
    answer = client.post(reverse("admin:customerlabs_staffmember_change", args=[ana.pk]), {"email": "x@example.com"})

    assert ana.password not in page
    assert answer.status_code == 403


@pytest.mark.promise("P7.1")
def test_somebody_without_a_group_sees_nothing() -> None:
    client = signed_in(member(""))

    assert pages(client) == set()
    assert "Inbox" not in client.get("/admin/").content.decode()


def test_a_superuser_sees_everything_and_may_delete_no_request() -> None:
    root = StaffMember.objects.create_superuser("root@example.com", "a long enough password")
    client, shown = signed_in(root), request()

    seen = pages(client)
    answer = client.get(reverse("admin:contact_contactrequest_delete", args=[shown.pk]))

    assert {"auth_group_changelist", "customerlabs_staffmember_add"} <= seen
    assert "contact_contactrequest_add" not in seen
    assert answer.status_code == 403


@pytest.mark.parametrize("group", ["Staff", "DPO"])
def test_no_group_deletes_a_request(group: str) -> None:
    client, shown = signed_in(member(group)), request()

    answer = client.post(reverse("admin:contact_contactrequest_delete", args=[shown.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert ContactRequest.objects.filter(pk=shown.pk).exists()


@pytest.mark.parametrize(("group", "status"), [("Staff", 200), ("DPO", 200), ("", 403)])
def test_who_opens_a_request(group: str, status: int) -> None:
    client, shown = signed_in(member(group)), request()

    assert client.get(reverse("admin:contact_contactrequest_change", args=[shown.pk])).status_code == status


@pytest.mark.parametrize(("group", "status"), [("Staff", 403), ("DPO", 302)])
def test_who_changes_a_template(group: str, status: int) -> None:
    template = AnswerTemplate.objects.create(name="Thanks", body_fr="Merci", body_en="Thanks")
    client = signed_in(member(group))
    page = reverse("admin:contact_answertemplate_change", args=[template.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "T", "body_fr": "M", "body_en": "T"}).status_code == status


def test_migrating_again_changes_nothing_and_leaves_other_groups_alone() -> None:
    ours = Group.objects.create(name="Interns")
    ours.permissions.add(Permission.objects.get(codename="view_letter"))
    before = {(group.name, permission.pk) for group in Group.objects.all() for permission in group.permissions.all()}

    call_command("migrate", verbosity=0)

    after = {(group.name, permission.pk) for group in Group.objects.all() for permission in group.permissions.all()}
    assert after == before


def test_migrating_puts_right_what_was_added_to_ours() -> None:
    staff = Group.objects.get(name="Staff")
    staff.permissions.add(Permission.objects.get(codename="delete_contactrequest"))

    make_groups(apps.get_app_config("contact"), using="default")

    assert not staff.permissions.filter(codename="delete_contactrequest").exists()
