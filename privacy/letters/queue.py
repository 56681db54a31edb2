"""Putting a letter in the queue, and sending those that are due."""

import logging
import smtplib
import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import OperationalError
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from privacy.letters.kinds import LetterKind, kind_of
from privacy.letters.mail import mail_of
from privacy.letters.models import Letter
from privacy.prepared import asked, composed, text_of
from privacy.statements import Given, Statement

logger = logging.getLogger(__name__)

CLOSING = 421
"""RFC 5321: the server is about to go, whatever was asked of it."""
LOCK = 0x6C657474
"""The first half of our advisory locks' numbers: “lett” in ASCII. The second is the letter's."""
TAKE = """
    WITH next AS MATERIALIZED ({next} FOR UPDATE SKIP LOCKED), held AS MATERIALIZED (
        SELECT id, kind, record_id, attempts, error,
            pg_try_advisory_lock(%(lock)s, ('x' || right(id::text, 8))::bit(32)::integer & 2147483647) AS is_ours
        FROM next
    ), begun AS (
        UPDATE privacy_letter AS letter SET
            attempts = letter.attempts + 1,
            due_at = %(now)s + (%(waits)s)[letter.attempts + 1],
            error = 'interrupted'
        FROM held WHERE letter.id = held.id AND is_ours AND held.attempts < %(most)s
    )
    SELECT held.*, set_config('synchronous_commit', 'off', true) FROM held
"""
"""The next letter due as it was, and its attempt written down. The lock has the number that `_number` gives the letter.

The error is what stays if this process dies before it knows better. The disk is not waited for: a power cut that takes
this back leaves a letter that is due, and so it is. That it left is waited for (`_sent`), else the same cut would send
again all that left in the last second.
"""
PAUSES = (0.5, 1, 2, 4, 8)
"""Seconds between two tries to write down that a letter left; together far below the wait for its next attempt."""


def queue_letter(kind: LetterKind, record: Any, *, subject_key: str) -> Letter:
    """Queue one letter about a record, in the caller's transaction; a worker is poked once that is committed."""
    now = timezone.now()
    letter = Letter(
        kind=kind.name, record_id=record.pk, subject_key=subject_key, is_bulk=False, created_at=now, due_at=now
    )
    _queue.carry_out(id=letter.pk, kind=letter.kind, record=record.pk, key=subject_key, now=now)
    letter._state.adding = False
    _poke_once_committed()
    return letter


@Statement
def _queue() -> tuple[str, Sequence[Any]]:
    return (
        """
        INSERT INTO privacy_letter
            (id, kind, record_id, subject_key, is_bulk, state, attempts, created_at, due_at, error)
        VALUES (%s, %s, %s, %s, false, 'queued', 0, %s, %s, '')
        """,
        [*map(Given, ("id", "kind", "record", "key", "now", "now"))],
    )


def queue_letters(kind: LetterKind, records: Iterable[tuple[Any, str]]) -> None:
    """Queue one letter about each of these records, given with its subject key, behind all letters of single people.

    In the caller's transaction and in two or three statements, whatever their number.
    """
    now = timezone.now()
    Letter.objects.bulk_create(
        Letter(kind=kind.name, record_id=record.pk, subject_key=key, is_bulk=True, created_at=now, due_at=now)
        for record, key in records
    )
    _poke_once_committed()


def _poke_once_committed() -> None:
    from privacy.broker import poke_once_committed
    from privacy.letters.tasks import deliver_letters

    poke_once_committed(deliver_letters)


def deliver_due(limit: int = 100, seconds: float = 60.0) -> bool:
    """Send the letters that are due, one at a time; several workers may do so at once.

    Begins no letter after so many letters or seconds, nor once the mail server fails, since the others would fare no
    better. Returns whether it stopped for those limits, so that more may be due. To be called outside any transaction.
    """
    ends_at = time.monotonic() + seconds
    connection, queue = get_connection(), _Queue()
    try:
        for _ in range(limit):
            if time.monotonic() >= ends_at:
                return True
            letter = _take(queue)
            if letter is None:
                return False
            try:
                _deliver(letter, connection)
            finally:
                _let_go(letter)
    except _ServerFailed:
        return False
    finally:
        _close(connection)
    return True


class _ServerFailed(Exception):
    """The mail server is of no use now, whatever the letter."""


class _Queue:
    """Takes the next letter due, by a statement that Django writes once a second: that takes longer than its work."""

    FRESH = 1.0
    """Seconds."""

    def __init__(self) -> None:
        self._written_at = float("-inf")

    def take(self, but: list[uuid.UUID]) -> tuple[Letter, bool] | None:
        """The next one but these; None when nothing is due. To be called outside any transaction.

        Says whether it is ours, which nobody else takes before `_let_go`: `due_at` keeps away only those whose clock
        agrees with ours. Held by the session: PostgreSQL lets it go when this process dies.
        """
        if but or time.monotonic() - self._written_at >= self.FRESH:
            self._write(timezone.now(), but)
            # Whom another worker holds is looked for again soon.
            self._written_at = float("-inf") if but else time.monotonic()
        for pk, kind, record, attempts, error, is_ours, _ in asked(self._take):
            return Letter(pk=pk, kind=kind, record_id=record, attempts=attempts, error=error), is_ours
        return None

    def _write(self, now: datetime, but: list[uuid.UUID]) -> None:
        due = Letter.objects.due(now).exclude(pk__in=but).order_by("is_bulk", "due_at")
        waits = [Letter(attempts=number + 1).wait() for number in range(Letter.MOST_ATTEMPTS)]
        self._take = composed(
            TAKE.format(next=text_of(due[:1])),
            {"lock": LOCK, "now": now, "waits": waits, "most": Letter.MOST_ATTEMPTS},
        )


def _take(queue: _Queue) -> Letter | None:
    """The next letter due, its attempt already written down and committed; nobody else takes it before `_let_go`.

    A letter that has had all its attempts ends here.
    """
    held_elsewhere: list[uuid.UUID] = []  # As many as there are other workers, at most.
    while taken := queue.take(held_elsewhere):
        letter, is_ours = taken
        if not is_ours:
            held_elsewhere.append(letter.pk)
        elif letter.attempts >= Letter.MOST_ATTEMPTS:
            logger.error("Letter %s failed for good after %s attempts.", letter.pk, letter.attempts)
            letter.finish(Letter.State.FAILED, timezone.now(), letter.error)
            _let_go(letter)
        else:
            letter.attempts += 1
            return letter
    return None


def _let_go(letter: Letter) -> None:
    """If it is still held: a session that was lost has let go of everything."""
    asked("SELECT pg_advisory_unlock(%s, %s)", [LOCK, _number(letter)])


def _number(letter: Letter) -> int:
    return letter.pk.int & 0x7FFF_FFFF


def _deliver(letter: Letter, connection: Any) -> None:
    """One attempt. Raises _ServerFailed when no other letter should be tried now."""
    try:
        mail = _written(letter)
    except Exception as error:  # Whatever is wrong with this one, the others must leave.
        logger.exception("Letter %s could not be written.", letter.pk)
        _note(letter, type(error).__name__)
        return
    if mail is None:
        letter.finish(Letter.State.DROPPED, timezone.now())
        return
    try:
        connection.open()
    except OSError as error:  # smtplib's own errors are OSErrors too.
        raise _not_counted(letter, error) from error
    try:
        connection.send_messages([mail])
    except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as error:
        raise _not_counted(letter, error) from error  # It is us whom the server does not like, not this letter.
    except smtplib.SMTPRecipientsRefused as error:
        _refused(letter, error, min((code for code, _ in error.recipients.values()), default=0), connection)
    except smtplib.SMTPResponseException as error:
        _refused(letter, error, error.smtp_code, connection)
    except smtplib.SMTPNotSupportedError as error:
        logger.error("Letter %s can't be sent: the server takes no accents in addresses.", letter.pk)
        letter.finish(Letter.State.FAILED, timezone.now(), type(error).__name__)
    except OSError as error:
        # This letter may be what broke it: the attempt counts.
        _note(letter, type(error).__name__)
        raise _ServerFailed from error
    else:
        _sent(letter)


def _sent(letter: Letter) -> None:
    """Write down that it left; a database that is away is waited for, else the same mail would leave again."""
    for pause in PAUSES:
        try:
            letter.finish(Letter.State.SENT, timezone.now())
            return
        except OperationalError as error:
            logger.warning("Letter %s left; the database doesn't take it down (%s).", letter.pk, type(error).__name__)
            database.close()
            time.sleep(pause)
    letter.finish(Letter.State.SENT, timezone.now())


def _written(letter: Letter) -> EmailMessage | None:
    """The mail, from the live record; None when there is nobody to write to.

    Raises LookupError for a kind this process does not know: an older version beside a newer one must not drop it.
    """
    kind = kind_of(letter)
    if kind is None:
        raise LookupError(letter.kind)
    record = kind.record(letter.record_id)
    message = kind.compose(record) if record is not None else None
    if message is None:
        return None
    mail = mail_of(message, message_id=letter.message_id)
    mail.message()  # Raises for a header that can't be sent, before the server hears of it.
    return mail


def _refused(letter: Letter, error: smtplib.SMTPException, code: int, connection: Any) -> None:
    """A 5xx is the server's last word on this letter; anything else is worth another try."""
    if code == CLOSING:
        raise _not_counted(letter, error, code) from error
    _close(connection)  # smtplib may have lost it on the way; the next letter opens another.
    if 500 <= code < 600:
        logger.error("Letter %s was refused for good (%s).", letter.pk, code)
        letter.finish(Letter.State.FAILED, timezone.now(), f"{type(error).__name__} {code}")
    else:
        _note(letter, f"{type(error).__name__} {code}")


def _not_counted(letter: Letter, error: Exception, code: int = 0) -> _ServerFailed:
    """Give the attempt back: the server has said nothing about this letter, and may be down for days."""
    code = getattr(error, "smtp_code", code)
    Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED).update(
        attempts=F("attempts") - 1, due_at=timezone.now() + Letter.FIRST_RETRY
    )
    _note(letter, f"{type(error).__name__} {code}" if code else type(error).__name__)
    return _ServerFailed()


def _note(letter: Letter, error: str) -> None:
    """Keep the kind of the error, never its words: a server's answer quotes the address."""
    logger.warning("Letter %s was not sent (%s); another attempt follows.", letter.pk, error)
    Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED).update(error=error)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:
        logger.warning("The connection to the mail server did not close cleanly.")
