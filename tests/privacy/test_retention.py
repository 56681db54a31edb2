"""Nothing goes a second before its time, and nothing stays after it (P8.0, P8.4)."""

import os
import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contact.models import ContactRequest
from customerlabs.celery import app as celery
from privacy import erasure
from privacy.append_only import rows_may_go
from privacy.declarations import PersonalData, Retention, Then
from privacy.models import RetentionCount, RetentionRun
from privacy.periods import Period
from privacy.registry import Registry, column_of, registry
from privacy.retention import engine
from privacy.retention.engine import Rule, enforce_retention, rules
from tests.privacy.planting import RUNS, Canary, database, found_in_database

pytestmark = pytest.mark.django_db

COMMAND = RetentionRun.Trigger.COMMAND
SECOND = timedelta(seconds=1)
NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


def contact_table() -> PersonalData:
    table = registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    return table


def closed(at: datetime) -> ContactRequest:
    request = Canary.new().plant(contact_table())
    ContactRequest.objects.filter(pk=request.pk).update(status=ContactRequest.Status.CLOSED, closed_at=at)
    assert isinstance(request, ContactRequest)
    return request


def anonymised() -> int:
    return ContactRequest.objects.filter(is_anonymised=True).count()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LIMITS = [
    ("30 days", "2026-03-01T10:00:00", "2026-03-31T10:00:00"),
    ("30 days", "2024-02-15T23:59:59", "2024-03-16T23:59:59"),
    ("1 month", "2026-01-31T10:00:00", "2026-02-28T10:00:00"),
    ("1 month", "2024-01-31T10:00:00", "2024-02-29T10:00:00"),
    ("1 month", "2026-02-28T10:00:00", "2026-03-28T10:00:00"),
    ("1 month", "2026-03-31T10:00:00", "2026-04-30T10:00:00"),
    ("12 months", "2024-02-29T10:00:00", "2025-02-28T10:00:00"),
    ("3 years", "2024-02-29T10:00:00", "2027-02-28T10:00:00"),
    ("3 years", "2023-02-28T10:00:00", "2026-02-28T10:00:00"),
    ("0 days", "2026-03-01T10:00:00", "2026-03-01T10:00:00"),
    # In Paris these nights have 23 and 25 hours; retention counts in UTC.
    ("30 days", "2026-02-27T01:30:00", "2026-03-29T01:30:00"),
    ("1 month", "2026-03-29T01:30:00", "2026-04-29T01:30:00"),
    ("1 month", "2026-09-25T00:30:00", "2026-10-25T00:30:00"),
]


@pytest.mark.promise("P8.1", "P8.4")
@pytest.mark.parametrize(("period", "clock", "limit"), LIMITS)
def test_a_request_is_anonymised_at_its_limit_and_not_a_second_before(
    period: str, clock: str, limit: str, settings: Any
) -> None:
    settings.CONTACT_RETENTION = Period.parse(period)
    closed(utc(clock))

    enforce_retention(COMMAND, now=utc(limit) - SECOND)
    before = anonymised()
    enforce_retention(COMMAND, now=utc(limit))

    assert (before, anonymised()) == (0, 1)


@pytest.mark.promise("P8.1", "P8.4")
@pytest.mark.parametrize(("period", "clock", "limit"), LIMITS)
def test_a_request_is_anonymised_after_its_limit(period: str, clock: str, limit: str, settings: Any) -> None:
    settings.CONTACT_RETENTION = Period.parse(period)
    request = closed(utc(clock))

    enforce_retention(COMMAND, now=utc(limit) + SECOND)

    assert anonymised() == 1
    assert Period.parse(period).after(utc(clock)) == utc(limit)
    request.refresh_from_db()
    assert request.closed_at == utc(clock).replace(day=1, hour=0, minute=0, second=0)


CLOCK_RUNS: dict[str, dict[str, Any]] = {"customerlabs.staffmember": {"is_active": False}}
"""What lets a row have the date its retention counts from."""


def planted(somebody: Canary, rule: Rule) -> Any:
    return somebody.plant(rule.table, **CLOCK_RUNS.get(rule.table.label, {}))


def rows_ending(rule: Rule, end: datetime) -> Any:
    """A row of this rule's table whose time comes at `end`, by this rule and no other."""
    start = rule.retention.keep().before(end)
    assert rule.retention.keep().after(start) == end
    row = planted(Canary.new(), rule)
    clocks: dict[str, datetime | None] = {
        other.clock: None if column_of(rule.table.model, other.clock).null else end
        for other in rule.table.rules
        if "__" not in other.clock
    }
    set_clock(rule, row, start, **clocks)
    whole = registry.declared(registry.whole_of(rule.table)) if rule.table.part_of else None
    if isinstance(whole, PersonalData):  # What it is a part of does not take it sooner.
        for of_whole in whole.rules:
            if column_of(whole.model, of_whole.clock).null:
                set_clock(Rule(whole, of_whole), getattr(row, rule.table.part_of), None)
    return row


def set_clock(rule: Rule, row: Any, moment: datetime | None, **others: datetime | None) -> None:
    """Whether the clock is the row's own, or that of a row it rests on."""
    through, _, column = rule.retention.clock.rpartition("__")
    carrier = getattr(row, through) if through else row
    with transaction.atomic(), rows_may_go():  # Evidence has a clock that nobody else moves.
        if through and others:
            type(row)._base_manager.filter(pk=row.pk).update(**others)
        type(carrier)._base_manager.filter(pk=carrier.pk).update(**{**({} if through else others), column: moment})


each_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.label) for rule in rules()])


@pytest.mark.promise("P8.0", "P8.4")
@each_rule
@pytest.mark.parametrize(("after", "due"), [(-SECOND, False), (timedelta(0), True), (SECOND, True)])
def test_each_rule_takes_a_row_at_its_limit(rule: Rule, after: timedelta, due: bool) -> None:
    row = rows_ending(rule, NOW)

    run = enforce_retention(COMMAND, now=NOW + after)

    assert run.outcome == RetentionRun.Outcome.DONE
    assert run.counts.get(rule=rule.label).rows == int(due)
    left = rule.table.model._base_manager.filter(pk=row.pk)
    if rule.retention.then is Then.ANONYMISE:
        assert left.filter(**{rule.retention.mark: True}).exists() == due
    else:
        assert left.exists() is not due


@pytest.mark.parametrize(
    "rule",
    [pytest.param(rule, id=rule.label) for rule in rules() if column_of(rule.table.model, rule.retention.clock).null],
)
def test_a_row_whose_clock_has_not_started_stays(rule: Rule) -> None:
    row = Canary.new().plant(rule.table)
    set_clock(rule, row, None)

    assert not rule.expired(NOW + timedelta(days=40_000)).exists()


@pytest.mark.promise("P8.4")
def test_nobody_whose_time_has_come_is_in_the_database_afterwards() -> None:
    somebody = Canary.new()
    for rule in {rule.table.label: rule for rule in rules()}.values():
        planted(somebody, rule)

    enforce_retention(COMMAND, now=NOW + timedelta(days=20_000))

    assert found_in_database(somebody.traces) == []


def test_a_second_run_has_nothing_to_do() -> None:
    for rule in rules():
        rows_ending(rule, NOW)
    enforce_retention(COMMAND, now=NOW)
    before = list(database(without=RUNS))

    again = enforce_retention(COMMAND, now=NOW)

    assert {count.rows for count in again.counts.all()} == {0}
    assert list(database(without=RUNS)) == before


def instants() -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def periods() -> st.SearchStrategy[Period]:
    return st.one_of(
        st.builds(Period, days=st.integers(0, 4000)),
        st.builds(Period, months=st.integers(0, 400)),
        st.builds(Period, years=st.integers(0, 100)),
        st.builds(Period, years=st.integers(0, 9), months=st.integers(0, 30), days=st.integers(0, 90)),
    )


NEAR = st.sampled_from([timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(days=1)])


@given(st.lists(instants(), min_size=1, max_size=8), periods(), st.integers(0, 7), st.one_of(NEAR, st.timedeltas()))
@example([utc("2024-02-29T00:00:00")], Period(years=1), 0, timedelta(0))
@example([utc("2026-01-31T23:59:59")], Period(months=1), 0, timedelta(0))
@settings(max_examples=100)
def test_postgresql_counts_as_python_does(
    clocks: list[datetime], period: Period, chosen: int, further: timedelta
) -> None:
    try:
        now = period.after(clocks[chosen % len(clocks)]) + further
        period.before(now)
    except (OverflowError, ValueError):
        return
    if not 1800 < now.year < 2300:
        return
    Session.objects.all().delete()
    Session.objects.bulk_create(
        Session(session_key=str(number), session_data="", expire_date=clock) for number, clock in enumerate(clocks)
    )
    retention = Retention(clock="expire_date", keep=lambda: period, then=Then.DELETE)
    declared = registry.declared(Session)
    assert isinstance(declared, PersonalData)

    taken = Rule(declared, retention).expired(now).values_list("session_key", flat=True)

    assert {int(key) for key in taken} == {number for number, clock in enumerate(clocks) if period.after(clock) <= now}


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", 2)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.usefixtures("_small_batches")
def test_rows_are_taken_batch_by_batch_until_none_is_left(number: int) -> None:
    for _ in range(number):
        closed(NOW - timedelta(days=900))
    seen: list[int] = []

    enforce_retention(
        COMMAND,
        now=NOW,
        progress=lambda rule, rows: seen.append(rows) if rule.label == "contact.contactrequest" else None,
    )

    assert anonymised() == sum(seen) == number
    assert max(seen) <= 2


@pytest.mark.promise("P8.4")
@pytest.mark.usefixtures("_small_batches")
def test_a_batch_that_fails_is_undone_and_stops_neither_earlier_batches_nor_other_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = [closed(NOW - timedelta(days=900 + number)) for number in range(5)]  # The last one is the oldest.
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - SECOND)
    secret = requests[2].email
    whole = ContactRequest.objects.filter(pk__in=[request.pk for request in requests[:3]]).order_by("pk").values()
    before = list(whole)
    real, calls = erasure.empty, 0

    def fails_after_the_second_batch(table: PersonalData, *arguments: Any, **more: Any) -> Any:
        nonlocal calls
        done = real(table, *arguments, **more)
        if table.model is ContactRequest:
            calls += 1
            if calls == 2:
                raise IntegrityError(f"DETAIL: ({secret}) is refused")
        return done

    monkeypatch.setattr(engine, "empty", fails_after_the_second_batch)

    run = enforce_retention(COMMAND, now=NOW)

    assert anonymised() == 2
    assert list(whole.all()) == before
    assert not Session.objects.exists()
    assert run.outcome == RetentionRun.Outcome.FAILED
    failed = run.counts.exclude(error="")
    assert [(count.rule, count.rows, count.error) for count in failed] == [
        ("contact.contactrequest", 2, "IntegrityError")
    ]
    assert [row for row in database() if secret in row and row.startswith(RUNS)] == []


def test_a_period_that_cannot_be_read_stops_no_other_rule() -> None:
    declared = registry.declared(Session)
    assert isinstance(declared, PersonalData)

    def unreadable() -> Period:
        raise TypeError

    among = Registry()
    broken = Retention(clock="closed_at", keep=unreadable, then=Then.ANONYMISE)
    among.register(
        PersonalData(
            model=ContactRequest, activity=declared.activity, fields={}, no_person_because="Broken.", retention=broken
        ),
        declared,
    )
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - SECOND)

    run = enforce_retention(COMMAND, now=NOW, among=among)

    assert run.outcome == RetentionRun.Outcome.FAILED
    assert run.counts.get(rule="contact.contactrequest").error == "TypeError"
    assert not Session.objects.exists()


@pytest.mark.promise("P7.1")
def test_the_records_of_runs_hold_nothing_personal() -> None:
    somebody = Canary.new()
    for rule in {rule.table.label: rule for rule in rules()}.values():
        planted(somebody, rule)

    run = enforce_retention(COMMAND, now=NOW + timedelta(days=20_000))

    assert run.finished_at is not None
    assert [row for row in found_in_database(somebody.traces) if row.startswith(RUNS)] == []
    assert {*run.counts.values_list("rule", flat=True)} == {rule.label for rule in rules()}


def test_a_run_that_was_killed_is_noted_by_the_next() -> None:
    long_ago = timezone.now() - engine.SIGN_OF_LIFE - SECOND
    lately = timezone.now() - engine.SIGN_OF_LIFE + timedelta(minutes=1)
    killed, alive = (
        RetentionRun.objects.create(trigger=COMMAND, started_at=seen, seen_at=seen) for seen in (long_ago, lately)
    )

    enforce_retention(COMMAND)

    killed.refresh_from_db()
    alive.refresh_from_db()
    assert (killed.outcome, killed.finished_at) == (RetentionRun.Outcome.INTERRUPTED, long_ago)
    assert (alive.outcome, alive.finished_at) == (RetentionRun.Outcome.RUNNING, None)


def test_beat_calls_tasks_that_exist() -> None:
    celery.loader.import_default_modules()

    assert {entry["task"] for entry in site.CELERY_BEAT_SCHEDULE.values()} <= set(celery.tasks)


@pytest.mark.promise("P8.4")
def test_the_nightly_task_is_the_same_run() -> None:
    closed(timezone.now() - timedelta(days=900))
    task = site.CELERY_BEAT_SCHEDULE["enforce-retention"]["task"]

    celery.tasks[str(task)].apply(throw=True)

    assert anonymised() == 1
    assert RetentionRun.objects.get().trigger == RetentionRun.Trigger.BEAT


# The command, for cron


def command(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("enforce_retention", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_in_one_line_what_it_did() -> None:
    closed(timezone.now() - timedelta(days=900))

    said = command()

    run = RetentionRun.objects.get()
    assert said == f"Run {run.pk}: 1 rows emptied (contact.contactrequest 1).\n"
    assert command() == f"Run {run.pk + 1}: 0 rows emptied (nothing was due).\n"
    assert command(verbosity=0) == ""


def test_a_dry_run_counts_and_changes_nothing() -> None:
    for rule in rules():
        rows_ending(rule, timezone.now() - timedelta(days=40))
    before = list(database(without=RUNS))

    said = command("--dry-run")

    assert list(database(without=RUNS)) == before
    run = RetentionRun.objects.get()
    assert run.dry_run
    assert all(count.rows >= 1 for count in run.counts.all())
    assert "rows would be emptied (" in said


def test_the_command_fails_when_a_rule_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = closed(timezone.now() - timedelta(days=900)).email

    def fails(*arguments: Any, **more: Any) -> Any:
        raise IntegrityError(f"DETAIL: ({secret}) is refused")

    monkeypatch.setattr(engine, "empty", fails)

    with pytest.raises(CommandError, match=r"failed: .*contact\.contactrequest \(IntegrityError\)") as failed:
        command()

    assert failed.value.returncode == 1
    assert secret not in str(failed.value)


def on_a_terminal(work: Callable[[], object]) -> str:
    """What this writes to a standard error that is a terminal."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with os.fdopen(ours, "rb", buffering=0) as screen:
        with os.fdopen(theirs, "w") as terminal, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", terminal)
            work()
            terminal.write("the end")
        return screen.read(65536).decode()


def test_a_progress_bar_moves_on_a_terminal() -> None:
    closed(timezone.now() - timedelta(days=900))

    shown = on_a_terminal(command)

    assert "0 rows [" in shown


@pytest.mark.parametrize("quiet", [{"verbosity": 0}, {"dry_run": True}])
def test_no_progress_bar_where_there_is_no_progress_to_see(quiet: dict[str, Any]) -> None:
    closed(timezone.now() - timedelta(days=900))

    shown = on_a_terminal(lambda: command(**quiet))

    assert shown == "the end"


def test_no_progress_bar_in_a_cron_mail(capsys: pytest.CaptureFixture[str]) -> None:
    closed(timezone.now() - timedelta(days=900))

    command()

    assert capsys.readouterr().err == ""


def test_expired_rows_are_found_by_their_index_among_a_hundred_thousand() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO privacy_letter (id, kind, record_id, subject_key, state, attempts, created_at, due_at,
                                           finished_at, error)
               SELECT gen_random_uuid(), 'tests', number, '', 'sent', 1, now(), now(),
                      now() - number * interval '20 seconds', ''
               FROM generate_series(1, 100000) AS number"""
        )
        cursor.execute("ANALYZE privacy_letter")
    rule = next(rule for rule in rules() if rule.label == "privacy.letter")

    plan = rule.batch(timezone.now() - timedelta(days=20)).explain()

    assert "Index Scan using privacy_letter_finished_at" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def test_open_and_anonymised_requests_cost_the_purge_nothing() -> None:
    rule = next(rule for rule in rules() if rule.label == "contact.contactrequest")
    meta = ContactRequest._meta

    plan = rule.batch(NOW).explain()

    assert any(index.condition == Q(is_anonymised=False) for index in meta.indexes)
    assert "NOT is_anonymised" in plan


def test_runs_are_recorded_rule_by_rule() -> None:
    run = enforce_retention(COMMAND, now=NOW)

    assert RetentionCount.objects.filter(run=run).count() == len(list(rules()))
    assert all(count.cutoff <= NOW for count in run.counts.all())
