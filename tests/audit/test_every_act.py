"""Whatever staff do in the admin leaves one line in the trail, by them, without a word of what they typed (P7.2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from contact.desk.thread import BUTTONS as OF_A_MESSAGE
from contact.models import AnswerTemplate, ContactRequest
from contact.services import close_contact_request
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.audit.acting import RecordedAdmin
from privacy.audit.models import AuditEntry
from privacy.letters.models import Letter
from privacy.rights.kinds import Right
from tests.audit.acts import TYPED, Line, lines_by
from tests.consents.people import wrote
from tests.desk.desk import member, press, request, signed_in
from tests.prospects.people import confirmed
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_what_any_page_of_the_admin_saves_is_in_the_trail_and_not_in_django_s_log(model: Any, root: Any) -> None:
    page: Any = admin.site._registry[model]
    asked, row = RequestFactory().post("/"), model(pk=7)
    asked.user = root

    page.log_addition(asked, row, [])
    page.log_change(asked, row, ["one", "other"])
    page.log_deletions(asked, [row, model(pk=8)])

    table = model._meta.label_lower
    saved = [(table, "added", ""), (table, "changed", "one, other")]
    assert isinstance(page, RecordedAdmin)
    assert lines_by(root) == ([] if page.services_record else saved) + 2 * [(table, "deleted", "")]


TEMPLATE = {"name": TYPED, "body_fr": "Bonjour", "body_en": "Hello"}
TEMPLATES = "/admin/contact/answertemplate/"


def test_columns_are_told_by_their_names_and_not_by_what_stands_in_them(client: Client, root: StaffMember) -> None:
    client.post(f"{TEMPLATES}add/", TEMPLATE)
    one = AnswerTemplate.objects.get()
    client.post(f"{TEMPLATES}{one.pk}/change/", {**TEMPLATE, "body_en": TYPED})
    client.post(f"{TEMPLATES}{one.pk}/delete/", {"post": "yes"})
    others = [AnswerTemplate.objects.create(**{**TEMPLATE, "name": name}).pk for name in "ab"]
    client.post(TEMPLATES, {"action": "delete_selected", "_selected_action": others, "post": "yes"})

    assert not AnswerTemplate.objects.exists()
    done = ["added", "changed", "deleted", "deleted", "deleted"]
    assert [action for _table, action, _details in lines_by(root)] == done
    assert [details for _table, _action, details in lines_by(root)] == ["", "body_en", "", "", ""]


def test_a_role_and_a_password_leave_their_lines_too(client: Client, root: StaffMember) -> None:
    other = member("")
    typed = {"usable_password": "true", "password1": f"{TYPED} in May 7", "password2": f"{TYPED} in May 7"}

    client.post("/admin/auth/group/add/", {"name": TYPED})
    client.post(f"/admin/customerlabs/staffmember/{other.pk}/password/", typed)

    assert Group.objects.filter(name=TYPED).exists()
    assert lines_by(root) == [("auth.group", "added", ""), ("customerlabs.staffmember", "changed", "password")]


MESSAGE = "contact.contactrequest"
MESSAGES: dict[str, tuple[str, str]] = {
    "answer": ("moved", "answered"),
    "answer_and_close": ("moved", "answered, closed"),
    "reply": ("moved", "reply"),
    "note": ("changed", "note"),
    "assign": ("changed", "assignee"),
    "take": ("changed", "assignee"),
    "read": ("changed", "read_at"),
    "close": ("moved", "closed"),
    "reopen": ("moved", "reopened"),
    "right": ("moved", "made a rights request"),
    "unwanted": ("moved", "unwanted"),
}


@pytest.mark.parametrize("button", OF_A_MESSAGE)
def test_each_button_of_a_message_leaves_its_line(button: str, client: Client, root: StaffMember) -> None:
    shown = request()
    if button == "reopen":
        close_contact_request(shown.pk, by=None)

    press(client, shown, button, answer=TYPED, reply=TYPED, note=TYPED, assignee=root.pk, right=Right.ACCESS)

    made = [("privacy.rightsrequest", "added", "entered")] if button == "right" else []
    assert lines_by(root) == [*made, (MESSAGE, *MESSAGES[button])]


def failed_letter() -> Letter:
    request()
    return Letter.objects.create(
        kind="contact.closed",
        record_id=ContactRequest.objects.get().pk,
        subject_key="x",
        created_at=timezone.now(),
        due_at=timezone.now(),
        state=Letter.State.FAILED,
    )


def other_sign_in() -> SignIn:
    signed_in(member(""))
    return SignIn.objects.get(user__email="ana@example.com")


ON_LISTS: dict[str, tuple[Callable[[], Any], Line | None]] = {
    "close_selected": (request, (MESSAGE, "moved", "closed")),
    "mark_selected_unwanted": (request, (MESSAGE, "moved", "unwanted")),
    "unsubscribe_on_request": (confirmed, ("contact.prospect", "deleted", "unsubscribed on request")),
    "try_again": (failed_letter, ("privacy.letter", "changed", "tried again")),
    "end_selected": (other_sign_in, ("customerlabs.signin", "changed", "ended_at")),
}
TAKEN_AWAY = {"take_json", "take_csv"}
"""A line of another kind: tests/audit/test_readings.py."""


def test_each_action_of_a_list_is_tried_here() -> None:
    actions = {action for page in admin.site._registry.values() for action in page.actions or ()}

    assert actions == {*ON_LISTS, *TAKEN_AWAY}


@pytest.mark.parametrize("action", ON_LISTS)
def test_each_action_of_a_list_leaves_its_line(action: str, client: Client, root: StaffMember) -> None:
    make, line = ON_LISTS[action]
    row = make()
    lists = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_changelist")

    client.post(lists, {"action": action, "_selected_action": [row.pk], "sure": "yes"})

    assert lines_by(root) == [line]


def test_who_asks_for_the_checks_is_in_the_trail_with_each(client: Client, root: StaffMember) -> None:
    client.post("/admin/privacy/watchedcommitment/check/")

    assert set(lines_by(root)) == {("privacy.watchedcommitment", "ran", "checked")}


def test_the_history_of_a_record_is_what_the_trail_has_of_it(client: Client) -> None:
    one = AnswerTemplate.objects.create(**TEMPLATE)
    page = f"{TEMPLATES}{one.pk}/change/"
    client.post(page, {**TEMPLATE, "body_en": "Good morning"})

    shown = client.get(f"{TEMPLATES}{one.pk}/history/", follow=True)

    assert f'href="{TEMPLATES}{one.pk}/history/"' in client.get(page).content.decode()
    assert [entry.details for entry in shown.context["cl"].result_list] == ["body_en"]


def test_who_may_not_read_the_trail_is_led_to_no_history() -> None:
    one = AnswerTemplate.objects.create(**TEMPLATE)
    ana = signed_in(member())

    page = ana.get(f"{TEMPLATES}{one.pk}/change/")

    assert page.status_code == 200
    assert "/history/" not in page.content.decode()
    assert ana.get(f"{TEMPLATES}{one.pk}/history/").status_code == 403


def test_what_visitors_do_leaves_no_line() -> None:
    wrote()
    proved()

    assert not AuditEntry.objects.exclude(action="signed-in").exists()
