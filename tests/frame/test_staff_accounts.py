"""An account that closes starts the clock of its retention (staff: departure + 3 months)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from contact.models import ContactRequest, ThreadEntry
from customerlabs.models import StaffMember
from privacy.models import RetentionRun
from privacy.periods import Period
from privacy.retention.engine import enforce_retention

pytestmark = pytest.mark.django_db

LEFT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
ENDS = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def member(email: str = "ana@example.com", **fields: Any) -> StaffMember:
    return StaffMember.objects.create_user(email, "a long enough password", **fields)


def closed(email: str = "ana@example.com") -> StaffMember:
    with time_machine.travel(LEFT, tick=False):
        return member(email, is_active=False)


@pytest.mark.parametrize("update_fields", [None, ["is_active"], ["is_active", "left_at"]])
def test_closing_an_account_writes_when(update_fields: list[str] | None) -> None:
    ana = member()

    ana.is_active = False
    with time_machine.travel(LEFT, tick=False):
        ana.save(update_fields=update_fields)

    ana.refresh_from_db()
    assert ana.left_at == LEFT


def test_saving_a_closed_account_again_does_not_move_its_date() -> None:
    ana = closed()

    ana.first_name = "Ana"
    ana.save()

    ana.refresh_from_db()
    assert ana.left_at == LEFT


@pytest.mark.parametrize("update_fields", [None, ["is_active"]])
def test_opening_an_account_again_stops_its_clock(update_fields: list[str] | None) -> None:
    ana = closed()

    ana.is_active = True
    ana.save(update_fields=update_fields)

    ana.refresh_from_db()
    assert ana.left_at is None


def test_signing_in_changes_nothing_else() -> None:
    ana = member(is_staff=True)

    assert Client().login(username="ana@example.com", password="a long enough password")

    ana.refresh_from_db()
    assert (ana.is_active, ana.left_at) == (True, None)


def test_no_account_can_be_closed_without_its_date() -> None:
    member()

    with pytest.raises(IntegrityError, match="staff_closed_has_date"):
        StaffMember.objects.update(is_active=False)


def test_the_admin_closes_an_account_with_its_date(admin_client: Client) -> None:
    ana = member()
    page = reverse("admin:customerlabs_staffmember_change", args=[ana.pk])

    answer = admin_client.post(page, {"email": ana.email, "first_name": "", "last_name": ""})

    assert answer.status_code == 302
    ana.refresh_from_db()
    assert not ana.is_active
    assert ana.left_at is not None


@pytest.mark.promise("P8.0", "P8.4")
@pytest.mark.parametrize(("after", "left"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_an_account_goes_three_months_after_its_person_left(after: timedelta, left: int, settings: Any) -> None:
    settings.STAFF_RETENTION = Period(months=3)
    ana = closed()

    enforce_retention(RetentionRun.Trigger.COMMAND, now=ENDS + after)

    assert StaffMember.objects.filter(pk=ana.pk).count() == left


def test_the_answers_of_somebody_who_left_stay_without_their_name(settings: Any) -> None:
    settings.STAFF_RETENTION = Period(months=3)
    request = ContactRequest.objects.create(language="fr")
    answer = ThreadEntry.objects.create(request=request, kind=ThreadEntry.Kind.ANSWER, author=closed(), body="Bonjour")

    enforce_retention(RetentionRun.Trigger.COMMAND, now=ENDS)

    answer.refresh_from_db()
    assert answer.author is None


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("after", "left"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_a_session_goes_when_it_ends(after: timedelta, left: int) -> None:
    Session.objects.create(session_key="x", session_data="y", expire_date=ENDS)

    enforce_retention(RetentionRun.Trigger.COMMAND, now=ENDS + after)

    assert Session.objects.count() == left
