"""What is done when nobody does it: silent requests are closed and their writers told; the desk is told what waits."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings as site
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contact.desk import upkeep
from contact.desk.models import DeskReminder
from contact.desk.upkeep import close_inactive_requests, remind_desk
from contact.models import ContactRequest
from privacy.letters.kinds import kind_of
from privacy.letters.models import Letter
from tests.desk.desk import Status, request

pytestmark = pytest.mark.django_db

ARRIVED = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
A_YEAR_LATER = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MONDAY = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def arrived(**fields: Any) -> ContactRequest:
    with time_machine.travel(ARRIVED, tick=False):
        return request(**fields)


@pytest.mark.promise("P8.1")
@pytest.mark.parametrize(("after", "closed"), [(-SECOND, 0), (timedelta(0), 1), (SECOND, 1)])
@pytest.mark.parametrize("status", [Status.NEW, Status.ANSWERED])
def test_a_request_without_activity_is_closed_after_twelve_months(after: timedelta, closed: int, status: str) -> None:
    shown = arrived(status=status)

    with time_machine.travel(A_YEAR_LATER + after, tick=False):
        assert close_inactive_requests() == closed

    shown.refresh_from_db()
    assert shown.status == (Status.CLOSED if closed else status)
    assert shown.closed_at == (A_YEAR_LATER + after if closed else None)


@pytest.mark.promise("P8.1")
def test_its_writer_is_told_once(mailoutbox: list[Any]) -> None:
    from privacy.letters.queue import deliver_due

    shown = arrived()

    with time_machine.travel(A_YEAR_LATER, tick=False):
        close_inactive_requests()
        assert close_inactive_requests() == 0
        deliver_due()

    assert [letter.record_id for letter in Letter.objects.filter(kind="contact.closed")] == [shown.pk]
    assert [mail.to for mail in mailoutbox] == [["zoe.lefevre@example.com"]]


def test_nothing_else_is_closed() -> None:
    others = [
        arrived(status=Status.CLOSED, closed_at=ARRIVED),
        arrived(status=Status.SPAM, spam_at=ARRIVED),
        arrived(status=Status.HELD, held_until=ARRIVED),
    ]
    before = list(ContactRequest.objects.order_by("pk").values())

    with time_machine.travel(A_YEAR_LATER, tick=False):
        assert close_inactive_requests() == 0

    assert list(ContactRequest.objects.order_by("pk").values()) == before
    assert len(others) == 3


def test_nobody_is_written_to_about_a_request_that_was_erased() -> None:
    arrived(is_anonymised=True, email="", subject_key="")

    with time_machine.travel(A_YEAR_LATER, tick=False):
        assert close_inactive_requests() == 1

    assert not Letter.objects.exists()


def test_many_are_closed_in_batches_of_few_statements(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 4)
    for _ in range(10):
        arrived()

    with time_machine.travel(A_YEAR_LATER, tick=False), django_assert_num_queries(3 * 5):
        assert close_inactive_requests() == 10

    assert Letter.objects.filter(kind="contact.closed").count() == 10


@pytest.mark.django_db(transaction=True)
def test_a_request_that_somebody_works_on_is_left_to_them() -> None:
    held, free = arrived(), arrived()
    with closing(connections.create_connection("default")) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM contact_contactrequest WHERE id = %s FOR UPDATE", [held.pk])
        with time_machine.travel(A_YEAR_LATER, tick=False):
            closed = close_inactive_requests()

    assert closed == 1
    free.refresh_from_db()
    assert free.status == Status.CLOSED


@pytest.mark.promise("P8.1")
@pytest.mark.parametrize("status", [Status.NEW, Status.ANSWERED])
def test_the_desk_is_told_of_requests_open_past_the_limit(mailoutbox: list[Any], status: str) -> None:
    from privacy.letters.queue import deliver_due

    request(age=timedelta(days=8), status=status)

    assert remind_desk()
    deliver_due()

    (mail,) = mailoutbox
    assert mail.to == [site.CONTACT_DESK_EMAIL]
    assert f"{site.SITE_URL}/admin/contact/contactrequest/?view=" in mail.body
    assert " – 1\n" in mail.body
    assert "Lef" not in str(mail.message())
    assert "zoe" not in str(mail.message()).lower()


def test_nothing_is_sent_when_nothing_waits_too_long() -> None:
    request(age=timedelta(days=6))

    assert not remind_desk()
    assert not DeskReminder.objects.exists()


def test_a_week_has_one_letter_however_often_it_is_asked_for() -> None:
    request(age=timedelta(days=400))
    asked = []

    for moment in (MONDAY, MONDAY + SECOND, MONDAY + timedelta(days=6, hours=15), MONDAY + timedelta(days=6, hours=16)):
        with time_machine.travel(moment, tick=False):
            asked.append(remind_desk())

    assert asked == [True, False, False, True]  # Monday begins at midnight in Paris.
    assert Letter.objects.filter(kind="contact.desk_reminder").count() == 2


def test_a_letter_of_the_week_outlives_the_erasure_of_whoever_waits() -> None:
    from privacy.erasure import erase_person

    shown = request(age=timedelta(days=8))
    remind_desk()

    erase_person(shown.email)
    request(age=timedelta(days=9))

    assert not remind_desk()


def test_it_is_dropped_when_all_was_answered_meanwhile() -> None:
    shown = request(age=timedelta(days=8))
    remind_desk()
    ContactRequest.objects.filter(pk=shown.pk).update(last_activity_at=timezone.now())

    letter = Letter.objects.get(kind="contact.desk_reminder")
    kind = kind_of(letter)

    assert kind is not None
    assert kind.compose(DeskReminder.objects.get()) is None


def test_beat_and_cron_do_both(capsys: pytest.CaptureFixture[str]) -> None:
    request(age=timedelta(days=400))
    schedule = {entry["task"]: entry["schedule"] for entry in site.CELERY_BEAT_SCHEDULE.values()}

    call_command("remind_desk")
    call_command("remind_desk")
    call_command("close_inactive_requests")

    assert schedule["contact.remind_desk"] == crontab(hour=8, minute=0, day_of_week="monday")
    assert "contact.close_inactive_requests" in schedule
    assert site.CELERY_TIMEZONE == "Europe/Paris"
    assert capsys.readouterr().out.splitlines() == [
        "The mail is queued.",
        "Nothing to send, or sent already this week.",
        "1 requests closed.",
    ]
