"""Closing or discarding many requests at once."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from contact.models import ContactRequest
from contact.services import close_contact_requests, mark_requests_as_spam
from tests.desk.desk import INBOX, Status, member, request, signed_in

pytestmark = pytest.mark.django_db


def run(client: Client, action: str, chosen: list[ContactRequest], **more: Any) -> Any:
    pks = [row.pk for row in chosen]
    return client.post(f"{INBOX}?view=all", {"action": action, ACTION_CHECKBOX_NAME: pks, **more}, follow=True)


@pytest.mark.parametrize(
    ("action", "status"), [("close_selected", Status.CLOSED), ("mark_selected_unwanted", Status.SPAM)]
)
def test_the_selected_ones_move_and_the_others_stay(action: str, status: str) -> None:
    client = signed_in(member())
    chosen = [request(), request(status=Status.ANSWERED)]
    left = request()

    page = run(client, action, chosen)

    assert set(ContactRequest.objects.filter(status=status)) == set(chosen)
    moved = ContactRequest.objects.filter(status=status)
    assert all((row.closed_at or row.spam_at) and row.read_at for row in moved)
    left.refresh_from_db()
    assert left.status == Status.NEW
    assert "2 requests are" in page.content.decode()


def test_what_is_not_open_stays_as_it_is_and_is_said() -> None:
    client = signed_in(member())
    closed_at = timezone.now()
    closed = request(status=Status.CLOSED, closed_at=closed_at)

    page = run(client, "close_selected", [closed, request()])

    closed.refresh_from_db()
    assert closed.closed_at == closed_at
    assert "1 request is closed." in page.content.decode()
    assert "1 was not open: it stays as it is." in page.content.decode()


@pytest.mark.parametrize("service", [close_contact_requests, mark_requests_as_spam])
def test_many_are_as_many_statements_as_one(service: Any, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pks = [request().pk for _ in range(20)]

    with django_assert_num_queries(5):  # A savepoint, the locks, their lines, the update, and its release.
        assert service(pks, by=None) == 20

    assert service(pks, by=None) == 0


def test_nobody_can_mean_all_of_a_list_that_is_not_counted() -> None:
    client = signed_in(member())
    ContactRequest.objects.bulk_create([ContactRequest(language="fr") for _ in range(60)])
    first = ContactRequest.objects.first()
    assert first is not None

    run(client, "close_selected", [first], select_across="1")

    assert ContactRequest.objects.filter(status=Status.CLOSED).count() <= 50


def test_who_may_only_look_has_no_actions() -> None:
    from django.contrib.auth.models import Permission

    looker = member("", email="looker@example.com")
    looker.user_permissions.add(Permission.objects.get(codename="view_contactrequest"))
    shown = request()

    run(signed_in(looker), "close_selected", [shown])

    shown.refresh_from_db()
    assert shown.status == Status.NEW
