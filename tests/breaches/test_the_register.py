"""The register of breaches: a clock of 72 hours, evidence that is added to, and a page that names nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone, translation

from privacy.audit.models import AuditEntry
from privacy.breaches.clock import clock_of
from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.reading import moment
from privacy.breaches.reminders import compose, compose_answer, remind_of_answers, remind_of_breaches
from privacy.breaches.services import BreachRefused, add, enter
from privacy.commitments.frame import all_commitments
from privacy.letters.models import Letter
from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention
from tests.desk.desk import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]

LIST = "/admin/privacy/breach/"
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
NOTIFIED = {"notify": "yes", "notify_because": "Addresses left the company."}
NOT_NOTIFIED = {"notify": "no", "notify_because": "The disk was encrypted."}
NOT_TOLD = {"tell": "no", "tell_because": "The disk was encrypted."}


def breach(ago: timedelta = timedelta(0), **said: Any) -> Breach:
    """Known for so long."""
    return enter(BreachStatement(aware_at=timezone.now() - ago, **{"nature": "A disk was lost.", **said}), by=None)


def say(about: Breach, **said: Any) -> Breach:
    return add(about.pk, BreachStatement(**said), by=None)


def words(about: Breach, now: datetime) -> str:
    with translation.override("en"):
        return clock_of(about, now).words


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(0), "72 hours left"),
        (31 * HOUR, "41 hours left"),
        (72 * HOUR - HOUR, "1 hour left"),
        (72 * HOUR - SECOND, "less than an hour left"),
        (72 * HOUR + SECOND, "less than an hour late"),
        (75 * HOUR, "3 hours late"),
    ],
    ids=str,
)
def test_the_clock_runs_for_seventy_two_hours(after: timedelta, said: str) -> None:
    known = breach()

    assert words(known, known.aware_at + after) == said


def test_the_clock_counts_hours_that_pass_while_the_clocks_go_back() -> None:
    with time_machine.travel("2026-10-24T10:00:00Z", tick=False):
        known = breach()

        page = signed_in(member("DPO")).get(f"{LIST}{known.pk}/change/").content.decode()

    assert "Oct. 24, 2026, 12:00 CEST" in page
    assert "Oct. 27, 2026, 11:00 CET" in page
    with time_machine.travel("2026-11-28T02:00:00Z", tick=False), translation.override("fr"):
        assert moment(breach().due_at) == "1er décembre 2026, 03:00 CET"


def test_a_breach_past_its_hours_without_a_decision_breaks_a_commitment() -> None:
    check = next(one.check for one in all_commitments() if one.name == "breaches-in-time")
    known = breach(72 * HOUR)
    decided, notified = breach(80 * HOUR, **NOT_NOTIFIED), breach(80 * HOUR)
    say(notified, **NOTIFIED)

    assert check(known.aware_at + 72 * HOUR - SECOND).number == 1
    assert check(known.aware_at + 72 * HOUR + SECOND).number == 2
    say(known, **NOT_NOTIFIED)
    say(notified, notified_at=timezone.now(), notify_because="Nobody was there.")
    assert check(timezone.now() + HOUR).kept
    assert decided.is_settled


def test_the_officer_is_reminded_with_48_and_24_hours_left_and_when_it_is_late_once_each() -> None:
    start = datetime.fromisoformat("2026-03-02T09:00:00Z")
    with time_machine.travel(start, tick=False):
        known = breach()
    told = []
    for hour in range(80):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            told += [hour] * remind_of_breaches()
            assert remind_of_breaches() == 0

    assert told == [24, 48, 72]
    assert Letter.objects.filter(kind="privacy.breach", record_id=known.pk).count() == 3


def test_the_reminder_goes_to_the_officer_and_none_once_it_is_settled() -> None:
    known = breach(50 * HOUR)

    message = compose(known)
    settled = say(known, **NOT_NOTIFIED)

    assert message is not None
    assert message.to == "privacy@customer-labs.com"
    assert f"{LIST}{known.pk}/change/" in message.body
    assert "encore 21 heures" in message.subject
    assert (compose(settled), remind_of_breaches()) == (None, 0)


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({}, ""),
        ({"notify": "yes"}, "notify_because"),
        ({"tell": "no"}, "tell_because"),
        ({"aware_at": timezone.now() + timedelta(days=9)}, "aware_at"),
        ({"notified_at": timezone.now()}, "notify"),
        ({"told_at": timezone.now()}, "tell"),
        ({**NOTIFIED, "notified_at": timezone.now() - timedelta(days=9)}, "notified_at"),
        ({"answer_by": timezone.localdate()}, "correspondence"),
        ({"closes": True}, "notify"),
        ({**NOT_NOTIFIED, "closes": True}, "tell"),
        ({**NOTIFIED, **NOT_TOLD, "closes": True}, "notified_at"),
        ({**NOT_NOTIFIED, "tell": "yes", "tell_because": "x", "closes": True}, "told_at"),
        (
            {**NOT_NOTIFIED, **NOT_TOLD, "closes": True, "correspondence": "x", "answer_by": timezone.localdate()},
            "closes",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_what_the_register_can_t_hold_is_refused_and_nothing_is_written(said: dict[str, Any], column: str) -> None:
    known = breach(HOUR)

    with pytest.raises(BreachRefused) as refused:
        say(known, **said)

    assert refused.value.faults[0][0] == column
    assert BreachStatement.objects.count() == 1


def test_a_notification_past_the_hours_says_why() -> None:
    known = breach(80 * HOUR, **NOTIFIED)

    with pytest.raises(BreachRefused) as refused:
        say(known, notified_at=timezone.now())

    assert refused.value.faults[0][0] == "notify_because"
    with translation.override("en"):
        assert clock_of(say(known, notified_at=timezone.now(), notify_because="x")).words == "notified 8 hours late"


def test_what_was_said_is_never_rewritten_and_a_correction_is_a_further_statement() -> None:
    known = breach(HOUR, people=40)

    for change in (lambda: BreachStatement.objects.update(people=4), BreachStatement.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Breach.objects.update(entered_at=timezone.now())
    say(known, people=4)

    assert list(BreachStatement.objects.order_by("pk").values_list("people", flat=True)) == [40, 4]


def test_a_closed_breach_stays_closed_and_leaves_the_register_five_years_later() -> None:
    known = say(breach(HOUR), **NOT_NOTIFIED, **NOT_TOLD, closes=True)
    assert known.closed_at is not None
    say(known, measures="The disk came back.", closes=True)
    assert Breach.objects.get().closed_at == known.closed_at
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Breach.objects.update(closed_at=None)

    for years, left in ((5, 1), (6, 0)):
        enforce_retention(RetentionRun.Trigger.COMMAND, now=known.closed_at + timedelta(days=365 * years))
        assert (Breach.objects.count(), BreachStatement.objects.count()) == (left, 3 * left)


def test_a_corrected_date_of_awareness_starts_the_reminders_anew() -> None:
    known = breach(50 * HOUR)
    assert remind_of_breaches() == 1

    say(known, aware_at=timezone.now() - HOUR)

    assert remind_of_breaches() == 0
    assert Breach.objects.get().warned is None


def asked_for_an_answer(in_days: int) -> Breach:
    asks = timezone.localdate() + timedelta(days=in_days)
    return say(breach(HOUR), **NOT_NOTIFIED, correspondence="They ask how many.", answer_by=asks)


def test_the_officer_is_reminded_of_an_answer_ten_and_three_days_before_and_on_the_day_once_each() -> None:
    start = datetime.fromisoformat("2026-03-02T09:00:00Z")
    with time_machine.travel(start, tick=False):
        asked_for_an_answer(20)
    told = []
    for day in range(25):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            told += [day] * remind_of_answers()
            assert remind_of_answers() == 0

    assert told == [10, 17, 20]


def test_another_date_for_an_answer_is_reminded_of_anew_and_an_answer_ends_it() -> None:
    known = asked_for_an_answer(3)
    assert remind_of_answers() == 1

    postponed = say(known, correspondence="They wait.", answer_by=timezone.localdate() + timedelta(days=9))

    assert remind_of_answers() == 1
    message = compose_answer(postponed)
    assert message is not None
    assert message.to == "privacy@customer-labs.com"
    assert "encore 9 jours" in message.subject
    assert f"{LIST}{known.pk}/change/" in message.body
    assert compose_answer(say(known, correspondence="We wrote on 4 March.")) is None
    assert remind_of_answers() == 0


def test_a_corrected_date_that_makes_a_notification_late_says_why() -> None:
    known = say(breach(HOUR), **NOTIFIED, notified_at=timezone.now())

    with pytest.raises(BreachRefused) as refused:
        say(known, aware_at=timezone.now() - 80 * HOUR)

    assert refused.value.faults[0][0] == "notify_because"


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO"))


def test_the_officer_enters_a_breach_adds_to_it_and_prints_it_and_each_is_in_the_trail(officer: Client) -> None:
    aware = timezone.localtime() - 2 * HOUR

    entered = officer.post(f"{LIST}add/", {"aware_at": f"{aware:%Y-%m-%dT%H:%M}", "nature": "<b>A disk</b>"})
    known = Breach.objects.get()
    page = f"{LIST}{known.pk}/change/"
    added = officer.post(page, {**NOTIFIED, "people": "1200"})

    assert (entered.status_code, added.status_code) == (302, 302)
    assert entered.headers["Location"] == page
    for address in (page, f"{LIST}{known.pk}/print/"):
        shown = officer.get(address).content.decode()
        assert "&lt;b&gt;A disk&lt;/b&gt;" in shown
        assert "1,200" in shown
        assert "69 hours left" in shown
    assert "69 hours left" in officer.get(LIST).content.decode()
    trail = AuditEntry.objects.filter(table="privacy.breach", record_id=str(known.pk)).order_by("pk")
    assert list(trail.values_list("action", "details")) == [
        ("added", "aware_at, nature"),
        ("changed", "people, notify, notify_because"),
        ("read", ""),
        ("read", ""),
        ("listed", ""),
    ]


def test_what_is_wrong_is_said_beside_its_box_and_what_was_typed_stays(officer: Client) -> None:
    known = breach(HOUR)

    answer = officer.post(f"{LIST}{known.pk}/change/", {"notify": "yes", "measures": "Locks changed"})

    assert answer.status_code == 422
    assert "Say why: the register has to show it." in answer.content.decode()
    assert "Locks changed" in answer.content.decode()
    assert BreachStatement.objects.count() == 1


@pytest.mark.promise("P7.1")
def test_nobody_but_the_officer_sees_the_register() -> None:
    known = breach()

    staff = signed_in(member("Staff", email="bo@example.com"))

    for address in (LIST, f"{LIST}add/", f"{LIST}{known.pk}/change/", f"{LIST}{known.pk}/print/"):
        assert staff.get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_every_box_for_words_asks_to_name_nobody() -> None:
    texts = [field for field in BreachStatement._meta.get_fields() if field.__class__.__name__ == "TextField"]

    with translation.override("en"):
        asked = [str(field.help_text).endswith("Name nobody.") for field in texts]  # type: ignore[union-attr]
    assert asked == [True] * 7
