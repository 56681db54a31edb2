"""What is done with a check's finding: written down, told to the DPO once, kept, never left to hang."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone, translation

from privacy.commitments import checking, frame
from privacy.commitments.checking import check_commitments, due, look, tell_dpo
from privacy.commitments.frame import MOST, Commitment, Finding
from privacy.commitments.letters import tell_broken
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.commitments.standing import State, standings
from privacy.commitments.tasks import check_commitments_when_due
from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from privacy.models import PolicyVersion, RetentionRun
from tests.post_office import PostOffice, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.5")]

DAY = datetime(2026, 5, 20, 3, 30, tzinfo=UTC)
"""Half past five in Paris."""


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    """Two commitments instead of the site's, which find what is put here."""
    found = {"first": Finding(kept=True, number=0), "second": Finding(kept=True, number=0)}
    monkeypatch.setattr(frame, "_commitments", {})
    frame.register_commitments(promising("first", lambda now: found["first"]))
    frame.register_commitments(promising("second", lambda now: found["second"]))
    return found


def promising(name: str, check: Callable[[datetime], Finding]) -> Commitment:
    return Commitment(
        name=name, promises=("P7.3",), said=f"The {name}.", checked="By looking.", found="%(number)d wrong", check=check
    )


def broken(number: int = 1) -> Finding:
    return Finding(kept=False, number=number)


GREEN = Finding(kept=True, number=0)


def checked_on(moment: datetime) -> list[WatchedCommitment]:
    with time_machine.travel(moment, tick=False):
        return check_commitments()


def letters() -> int:
    return Letter.objects.filter(kind="privacy.commitments_broken").count()


def test_a_check_is_kept_with_its_figure_and_its_date(findings: dict[str, Finding]) -> None:
    findings["first"] = Finding(kept=False, number=3, where=("a.table",))

    checked_on(DAY)

    watched = WatchedCommitment.objects.get(name="first")
    assert (watched.kept, watched.number, watched.where, watched.checked_at) == (False, 3, "a.table", DAY)
    assert list(watched.history.values_list("kept", "number", "checked_at")) == [(False, 3, DAY)]


def test_each_day_and_each_change_has_its_row_and_checking_often_costs_nothing(findings: dict[str, Finding]) -> None:
    for hours, finding in [(0, GREEN), (1, GREEN), (2, broken()), (3, broken(4)), (4, GREEN), (24, GREEN), (48, GREEN)]:
        findings["first"] = finding
        checked_on(DAY + timedelta(hours=hours))

    history = CommitmentCheck.objects.filter(commitment__name="first").order_by("checked_at")
    assert list(history.values_list("kept", "number", "times")) == [
        (True, 0, 2),
        (False, 4, 2),
        (True, 0, 1),
        (True, 0, 1),
        (True, 0, 1),
    ]


def test_it_is_known_since_when_a_verdict_holds(findings: dict[str, Finding]) -> None:
    for days, finding in [(0, GREEN), (1, broken()), (2, broken()), (3, broken())]:
        findings["first"] = finding
        checked_on(DAY + timedelta(days=days))

    assert WatchedCommitment.objects.get(name="first").since == DAY + timedelta(days=1)
    assert WatchedCommitment.objects.get(name="second").since == DAY


def test_the_officer_is_written_to_once_and_again_only_after_green(findings: dict[str, Finding]) -> None:
    told = []
    for days, finding in enumerate([GREEN, broken(), broken(2), GREEN, GREEN, broken(), broken()]):
        findings["first"] = finding
        checked_on(DAY + timedelta(days=days))
        told.append(letters())

    assert told == [0, 1, 1, 1, 1, 2, 2]


def test_what_is_red_from_the_first_day_is_told_too(findings: dict[str, Finding]) -> None:
    findings["first"] = broken()

    checked_on(DAY)

    assert letters() == 1


def test_those_that_turn_red_together_are_told_in_one_letter(findings: dict[str, Finding]) -> None:
    findings["first"] = findings["second"] = broken()

    checked_on(DAY)

    letter = Letter.objects.get()
    message = tell_broken(WatchedCommitment.objects.get(pk=letter.record_id))
    assert message is not None
    assert "The first." in message.body
    assert "The second." in message.body


def test_a_run_killed_before_the_letter_leaves_it_to_the_next(
    findings: dict[str, Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    findings["first"] = broken()
    with monkeypatch.context() as killed:
        killed.setattr(checking, "tell_dpo", _killed)
        with pytest.raises(KeyboardInterrupt):
            checked_on(DAY)
    assert letters() == 0

    with time_machine.travel(DAY + timedelta(minutes=1), tick=False):
        check_commitments_when_due()

    assert letters() == 1


def _killed() -> int:
    raise KeyboardInterrupt


def test_the_letter_reaches_the_officer_in_french_and_names_nobody(
    findings: dict[str, Finding], post_office: PostOffice
) -> None:
    findings["first"] = broken(7)
    check_commitments()

    deliver_due()

    (mail,) = post_office.received
    text = text_of(mail)
    assert (mail["To"], mail["Subject"]) == ("privacy@customer-labs.com", "1 engagement n’est pas tenu")
    assert "7 wrong" in text
    watched = WatchedCommitment.objects.get(name="first")
    assert f"/admin/privacy/watchedcommitment/{watched.pk}/change/" in text


def test_a_letter_that_waited_until_all_was_green_is_not_sent(findings: dict[str, Finding]) -> None:
    findings["first"] = broken()
    checked_on(DAY)
    findings["first"] = GREEN
    checked_on(DAY + timedelta(hours=1))

    assert tell_broken(WatchedCommitment.objects.get(name="first")) is None


def test_a_check_that_fails_is_red_and_the_others_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(now: datetime) -> Finding:
        raise LookupError("zoe.lefevre@example.com")

    monkeypatch.setattr(frame, "_commitments", {})
    frame.register_commitments(promising("fails", fails), promising("works", lambda now: GREEN))

    fails_now, works_now = check_commitments()

    assert (fails_now.kept, fails_now.error, works_now.kept) == (False, "LookupError", True)
    assert [standing.state for standing in standings()] == [State.FAILED, State.KEPT]
    assert letters() == 1


def test_a_check_that_breaks_its_transaction_breaks_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(now: datetime) -> Finding:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        return GREEN

    finding, error = look(promising("fails", fails), DAY)

    assert (finding.kept, error) == (False, "UndefinedTable")
    assert not WatchedCommitment.objects.exists()  # The connection is of use still.


@pytest.mark.django_db(transaction=True)
def test_a_check_that_hangs_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "STATEMENT_TIMEOUT", 50)

    def hangs(now: datetime) -> Finding:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
        return GREEN

    finding, error = look(promising("hangs", hangs), DAY)

    assert (finding.kept, error) == (False, "QueryCanceled")
    assert setting("statement_timeout") == "0"


@pytest.mark.django_db(transaction=True)
def test_a_check_can_change_nothing() -> None:
    def writes(now: datetime) -> Finding:
        PolicyVersion.objects.create(effective_from=now.date(), digest="0")
        return GREEN

    finding, error = look(promising("writes", writes), DAY)

    assert (finding.kept, error) == (False, "ReadOnlySqlTransaction")
    assert setting("transaction_read_only") == "off"


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        (value,) = cursor.fetchone()
    return str(value)


def test_no_check_is_begun_when_the_time_is_over(findings: dict[str, Finding]) -> None:
    assert check_commitments(seconds=0) == []


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        ("2026-05-20T05:00:00+02:00", "2026-05-21T04:59:59+02:00", False),
        ("2026-05-20T05:00:00+02:00", "2026-05-21T05:00:00+02:00", True),
        ("2026-05-20T04:59:59+02:00", "2026-05-20T05:00:00+02:00", True),
        ("2026-05-20T23:00:00+02:00", "2026-05-21T00:30:00+02:00", False),
        # The nights with 23 and 25 hours.
        ("2026-03-28T05:00:00+01:00", "2026-03-29T05:00:00+02:00", True),
        ("2026-10-24T05:00:00+02:00", "2026-10-25T04:59:59+01:00", False),
        ("2026-10-24T05:00:00+02:00", "2026-10-25T05:00:00+01:00", True),
    ],
)
def test_a_check_is_due_once_a_day_at_five_in_paris(
    findings: dict[str, Finding], last: str, now: str, is_due: bool
) -> None:
    checked_on(datetime.fromisoformat(last))

    assert bool(due(datetime.fromisoformat(now))) == is_due


def test_a_first_start_is_checked_at_once_and_then_not_again_that_day(findings: dict[str, Finding]) -> None:
    for minutes in (0, 1, 2):
        with time_machine.travel(DAY + timedelta(minutes=minutes), tick=False):
            check_commitments_when_due()

    assert list(CommitmentCheck.objects.values_list("times", flat=True)) == [1, 1]
    assert WatchedCommitment.objects.get(name="first").checked_at == DAY


def test_a_commitment_that_comes_with_a_new_version_is_checked_at_once(findings: dict[str, Finding]) -> None:
    checked_on(DAY)
    frame.register_commitments(promising("third", lambda now: GREEN))

    assert [commitment.name for commitment in due(DAY + timedelta(minutes=1))] == ["third"]


@pytest.mark.parametrize(("silent_for", "waits"), [(timedelta(minutes=1), True), (timedelta(hours=1), False)])
def test_the_day_s_check_waits_for_a_purge_that_lives(
    findings: dict[str, Finding], silent_for: timedelta, waits: bool
) -> None:
    seen = timezone.now() - silent_for
    RetentionRun.objects.create(trigger=RetentionRun.Trigger.BEAT, started_at=seen, seen_at=seen)

    check_commitments_when_due()

    assert WatchedCommitment.objects.exists() is not waits


def test_an_older_finding_that_comes_late_does_not_undo_a_newer_one(findings: dict[str, Finding]) -> None:
    findings["first"] = broken()
    checked_on(DAY)
    findings["first"] = GREEN

    checked_on(DAY - timedelta(seconds=1))

    assert WatchedCommitment.objects.get(name="first").kept is False


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_tell_the_officer_once(findings: dict[str, Finding]) -> None:
    findings["first"] = findings["second"] = broken()
    together = threading.Barrier(4)
    failures: list[Exception] = []

    def run() -> None:
        try:
            together.wait(10)
            check_commitments()
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failures == []
    assert set(WatchedCommitment.objects.values_list("name", flat=True)) == {"first", "second"}
    told = Letter.objects.values_list("record_id", flat=True)
    assert len(told) == len(set(told)) <= 2  # One letter for both, or one each when a run saw the first alone.
    assert tell_dpo() == 0


LIMIT = timedelta(days=2)


@pytest.mark.parametrize(
    ("after", "state"), [(LIMIT, State.KEPT), (LIMIT + timedelta(seconds=1), State.OVERDUE), (LIMIT * 9, State.OVERDUE)]
)
def test_what_was_not_checked_for_two_days_is_red(findings: dict[str, Finding], after: timedelta, state: State) -> None:
    checked_on(DAY)

    (standing, _) = standings(DAY + after)

    assert (standing.state, standing.is_red) == (state, state is State.OVERDUE)


def test_a_site_that_starts_is_not_red_and_one_that_never_checks_is(findings: dict[str, Finding]) -> None:
    fresh = {standing.state for standing in standings(timezone.now() + timedelta(hours=1))}
    silent = {standing.state for standing in standings(timezone.now() + timedelta(days=3))}

    assert (fresh, silent) == ({State.WAITING}, {State.OVERDUE})


def test_a_commitment_that_the_day_s_check_never_reaches_turns_red(findings: dict[str, Finding]) -> None:
    later = timezone.now() + timedelta(days=3)
    with time_machine.travel(later, tick=False):
        check_commitments(frame.all_commitments()[:1])

    assert [standing.state for standing in standings(later)] == [State.KEPT, State.OVERDUE]


def test_results_are_forgotten_after_three_years_and_the_last_one_stays(findings: dict[str, Finding]) -> None:
    checked_on(DAY)
    frame._commitments.pop("second")

    checked_on(DAY.replace(year=2029) + timedelta(seconds=1))

    assert list(CommitmentCheck.objects.values_list("commitment__name", flat=True)) == ["first"]
    assert list(WatchedCommitment.objects.values_list("name", flat=True)) == ["first"]


def test_a_day_before_three_years_nothing_is_forgotten(findings: dict[str, Finding]) -> None:
    checked_on(DAY)

    checked_on(DAY.replace(year=2029) - timedelta(days=1))

    assert CommitmentCheck.objects.count() == 4


@pytest.mark.parametrize(
    ("number", "language", "told"),
    [
        (0, "en", "0 letters late"),
        (1, "en", "1 letter late"),
        (2, "fr", "2 courriels en retard"),
        (0, "fr", "0 courriel en retard"),
        (MOST, "en", f"at least {MOST} letters late"),
    ],
)
def test_a_figure_is_said_in_the_reader_s_words(number: int, language: str, told: str) -> None:
    commitment = next(each for each in frame.all_commitments() if each.name == "letters-leave")

    with translation.override(language):
        assert commitment.figure(number, None) == told


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    with PostOffice().serving() as office:
        settings.EMAIL_BACKEND = "privacy.letters.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        yield office
