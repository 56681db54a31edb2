"""A letter is tried again until the mail server takes it, or refuses it for good."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from contact.models import ContactRequest
from privacy.broker import poke_once_committed
from privacy.letters.kinds import Message, kind_of
from privacy.letters.models import Letter
from privacy.letters.queue import LOCK, TAKE, deliver_due
from privacy.letters.tasks import deliver_letters
from privacy.policy.tasks import announce_policy
from tests.letters.conftest import use
from tests.letters.writing import ADDRESS, acknowledgement
from tests.post_office import DROP, PostOffice
from tests.serving.running import free_port

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@contextmanager
def later(span: timedelta) -> Iterator[None]:
    with time_machine.travel(timezone.now() + span, tick=False):
        yield


def test_a_letter_leaves_once(post_office: PostOffice) -> None:
    letter = acknowledgement()

    deliver_due()
    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (Letter.State.SENT, 1, "")
    assert letter.finished_at is not None
    assert len(post_office.received) == 1


def test_a_database_away_once_the_mail_has_left_is_waited_for(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = acknowledgement()
    finish, tries = Letter.finish, iter([OperationalError("away"), OperationalError("away")])

    def away_twice(*given: Any) -> None:
        if error := next(tries, None):
            raise error
        finish(*given)

    monkeypatch.setattr("privacy.letters.queue.PAUSES", (0, 0, 0))
    monkeypatch.setattr("privacy.letters.queue.database.close", lambda: None)  # The tests' transaction lives on it.
    monkeypatch.setattr(Letter, "finish", away_twice)

    deliver_due()
    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 1)
    assert len(post_office.received) == 1


def test_several_letters_share_one_connection(post_office: PostOffice) -> None:
    for number in range(3):
        acknowledgement(email=f"zoe{number}@example.com")

    deliver_due()

    assert len(post_office.received) == 3
    assert post_office.connections == 1


def test_a_letter_put_off_waits_longer_each_time(post_office: PostOffice) -> None:
    letter = acknowledgement()
    post_office.answers["RCPT"] = [f"450 4.2.1 <{ADDRESS}> is busy"] * 3
    waits = []

    now = timezone.now()
    for _ in range(3):
        with time_machine.travel(now, tick=False):
            deliver_due()
        letter.refresh_from_db()
        waits.append(letter.due_at - now)
        now = letter.due_at

    assert waits == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert (letter.state, letter.attempts) == (Letter.State.QUEUED, 3)
    assert letter.error == "SMTPRecipientsRefused 450"


def test_a_letter_is_not_tried_a_moment_too_early(post_office: PostOffice) -> None:
    letter = acknowledgement()
    post_office.answers["DATA"] = ["451 Later"]
    deliver_due()
    letter.refresh_from_db()

    with time_machine.travel(letter.due_at - timedelta(microseconds=1), tick=False):
        deliver_due()
    too_early = len(post_office.received)
    with time_machine.travel(letter.due_at, tick=False):
        deliver_due()

    assert too_early == 0
    assert len(post_office.received) == 1


def test_no_wait_is_longer_than_six_hours() -> None:
    assert Letter(attempts=13).wait() == timedelta(hours=6)
    assert Letter(attempts=1).wait() == 2 * MINUTE


def test_a_refused_recipient_fails_for_good(post_office: PostOffice) -> None:
    letter = acknowledgement()
    post_office.answers["RCPT"] = [f"550 5.1.1 <{ADDRESS}> nobody of that name"]

    deliver_due()
    with later(timedelta(days=2)):
        deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.FAILED, "SMTPRecipientsRefused 550")
    assert letter.finished_at is not None
    assert post_office.received == []


def test_a_refused_text_fails_for_good(post_office: PostOffice) -> None:
    letter = acknowledgement()
    post_office.answers["DATA"] = ["554 5.7.1 Looks like spam"]

    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.FAILED, "SMTPDataError 554")


def test_one_refused_letter_does_not_hold_up_the_next(post_office: PostOffice) -> None:
    refused, taken = acknowledgement(), acknowledgement()
    post_office.answers["RCPT"] = ["550 No", "250 OK"]

    deliver_due()

    refused.refresh_from_db()
    taken.refresh_from_db()
    assert (refused.state, taken.state) == (Letter.State.FAILED, Letter.State.SENT)


def test_a_letter_ends_after_its_last_attempt(post_office: PostOffice) -> None:
    letter = acknowledgement()
    Letter.objects.update(attempts=Letter.MOST_ATTEMPTS, error="SMTPRecipientsRefused 450")

    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.FAILED, "SMTPRecipientsRefused 450")
    assert post_office.received == []


def test_an_answer_lost_on_the_way_means_the_same_mail_again(post_office: PostOffice) -> None:
    """SMTP can't do better: the reader's program sees by the Message-ID that both are one."""
    letter = acknowledgement()
    post_office.answers["DATA"] = [DROP]

    deliver_due()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (Letter.State.QUEUED, 1, "SMTPServerDisconnected")
    with later(3 * MINUTE):
        deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 2)
    first, second = post_office.received
    assert first["Message-ID"] == second["Message-ID"] == letter.message_id == f"<{letter.pk}@customer-labs.com>"


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("MAIL", "550 5.7.1 We do not know you", "SMTPSenderRefused 550"),
        ("RCPT", "421 4.3.2 Closing", "SMTPRecipientsRefused 421"),
        ("DATA", "421 4.3.2 Closing", "SMTPDataError 421"),
    ],
)
def test_a_server_that_wants_none_of_us_costs_no_letter_an_attempt(
    post_office: PostOffice, verb: str, answer: str, error: str
) -> None:
    letters = [acknowledgement() for _ in range(3)]
    post_office.answers[verb] = [answer] * 9

    deliver_due()

    for letter in letters:
        letter.refresh_from_db()
    assert [(letter.state, letter.attempts) for letter in letters] == [(Letter.State.QUEUED, 0)] * 3
    assert [letter.error for letter in letters] == [error, "", ""]
    assert len(post_office.answers[verb]) == 8  # It was asked once.


def test_a_server_that_refuses_the_greeting_costs_no_letter_an_attempt(post_office: PostOffice) -> None:
    letter = acknowledgement()
    post_office.answers = {"EHLO": ["554 Not you"], "HELO": ["554 Not you"]}

    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (Letter.State.QUEUED, 0, "SMTPHeloError 554")


def test_a_wrong_password_costs_no_letter_an_attempt(settings: Any) -> None:
    letter = acknowledgement()

    with PostOffice().serving(known=[("desk", "right")]) as office:
        use(settings, office.port, EMAIL_HOST_USER="desk", EMAIL_HOST_PASSWORD="wrong")
        deliver_due()
        letter.refresh_from_db()
        refused = (letter.state, letter.attempts, letter.error)
        settings.EMAIL_HOST_PASSWORD = "right"
        with later(3 * MINUTE):
            deliver_due()

    letter.refresh_from_db()
    assert refused == (Letter.State.QUEUED, 0, "SMTPAuthenticationError 535")
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 1)


def test_a_server_that_is_down_for_days_costs_no_letter(settings: Any) -> None:
    letters = [acknowledgement() for _ in range(2)]
    port = free_port()
    use(settings, port)

    start = timezone.now()
    for minutes in range(0, 5 * 24 * 60, 30):
        with time_machine.travel(start + minutes * MINUTE, tick=False):
            deliver_due()
    with PostOffice().serving(port=port) as office, later(timedelta(days=5)):
        deliver_due()

    for letter in letters:
        letter.refresh_from_db()
    assert [(letter.state, letter.attempts) for letter in letters] == [(Letter.State.SENT, 1)] * 2
    assert len(office.received) == 2


def test_a_server_that_says_nothing_is_left_after_a_while(settings: Any) -> None:
    letters = [acknowledgement() for _ in range(2)]
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        use(settings, silent.getsockname()[1], EMAIL_TIMEOUT=0.2)

        deliver_due()

    for letter in letters:
        letter.refresh_from_db()
    assert [(letter.attempts, letter.error) for letter in letters] == [(0, "SMTPServerDisconnected"), (0, "")]


def test_a_server_that_stalls_in_the_middle_costs_one_letter_one_attempt(
    post_office: PostOffice, settings: Any
) -> None:
    letters = [acknowledgement() for _ in range(2)]
    settings.EMAIL_TIMEOUT = 1
    post_office.stall()

    deliver_due()

    for letter in letters:
        letter.refresh_from_db()
    assert [(letter.attempts, letter.error) for letter in letters] == [(1, "SMTPServerDisconnected"), (0, "")]


def test_nobody_is_written_to_once_the_record_is_gone(post_office: PostOffice) -> None:
    letter = acknowledgement()
    ContactRequest.objects.all().delete()

    deliver_due()

    letter.refresh_from_db()
    assert letter.state == Letter.State.DROPPED
    assert post_office.received == []


@pytest.mark.promise("P8.4")
def test_nobody_is_written_to_once_they_are_anonymised(post_office: PostOffice) -> None:
    letter = acknowledgement()
    ContactRequest.objects.update(email="", is_anonymised=True)

    deliver_due()

    letter.refresh_from_db()
    assert letter.state == Letter.State.DROPPED
    assert post_office.received == []


def test_a_letter_that_can_not_be_written_does_not_hold_up_the_next(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = acknowledgement(), acknowledgement()
    kind = kind_of(broken)
    assert kind is not None
    compose = kind.compose

    def fail_on_the_first(record: ContactRequest) -> Message | None:
        if record.pk == broken.record_id:
            raise ZeroDivisionError
        return compose(record)

    monkeypatch.setitem(kind.__dict__, "compose", fail_on_the_first)

    deliver_due()

    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, broken.error) == (Letter.State.QUEUED, "ZeroDivisionError")
    assert good.state == Letter.State.SENT


def test_a_kind_of_letter_from_a_newer_version_waits_for_it(post_office: PostOffice) -> None:
    letter = acknowledgement()
    Letter.objects.update(kind="contact.from_tomorrow")

    deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.QUEUED, "LookupError")


def test_a_round_ends_after_so_many_letters_or_seconds(post_office: PostOffice) -> None:
    for _ in range(3):
        acknowledgement()

    assert deliver_due(limit=1) is True
    assert deliver_due(seconds=0) is True
    assert len(post_office.received) == 1
    assert deliver_due() is False
    assert len(post_office.received) == 3


def test_a_worker_that_leaves_some_asks_for_another_round(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("privacy.letters.tasks.deliver_due", lambda: True)
    monkeypatch.setattr("privacy.letters.tasks.poke", asked.append)

    deliver_letters()

    assert asked == [deliver_letters]


def test_a_transaction_asks_for_a_worker_once(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("privacy.broker.poke", asked.append)

    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            poke_once_committed(deliver_letters)
        poke_once_committed(deliver_letters)
        poke_once_committed(announce_policy)

    assert asked == [deliver_letters, announce_policy]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_a_letter_for_the_next(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    letter = acknowledgement()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.smtp.EmailBackend.send_messages", die)
        with pytest.raises(Killed):
            deliver_due()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (Letter.State.QUEUED, 1, "interrupted")

    with later(3 * MINUTE):
        deliver_due()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 2)


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_no_letter_twice(post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    # Leaves the others time between reading that a letter is due and writing that it is taken.
    slow = TAKE.replace("pg_try_advisory_lock(", "pg_sleep(0.02) IS NOT NULL AND pg_try_advisory_lock(")
    monkeypatch.setattr("privacy.letters.queue.TAKE", slow)
    for number in range(12):
        acknowledgement(email=f"zoe{number}@example.com")
    post_office.at_least = 3

    def work() -> None:
        try:
            deliver_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    addresses = [str(mail["To"]) for mail in post_office.received]
    assert sorted(addresses) == sorted(f"zoe{number}@example.com" for number in range(12))
    assert set(Letter.objects.values_list("state", "attempts")) == {(Letter.State.SENT, 1)}
    assert post_office.connections == 3


def test_a_letter_dated_by_a_clock_that_was_a_day_ahead_leaves_once_the_clock_is_right(
    post_office: PostOffice,
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        acknowledgement()

    deliver_due()

    assert len(post_office.received) == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_in_the_hands_of_a_worker_of_another_clock_is_left_to_it(post_office: PostOffice) -> None:
    held, free = acknowledgement(), acknowledgement()
    parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.ClientCursor}

    with psycopg.connect(**parameters, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, held.pk.int & 0x7FFF_FFFF])
        assert deliver_due() is False
        assert [mail["Message-ID"] for mail in post_office.received] == [free.message_id]
        session.execute("SELECT pg_advisory_unlock_all()")  # When a session that ends lets go, nobody knows.
    deliver_due()

    assert [mail["Message-ID"] for mail in post_office.received] == [free.message_id, held.message_id]
