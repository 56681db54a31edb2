"""Putting a letter in the queue, and sending those that are due."""

import logging
import smtplib
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from privacy.letters.kinds import LetterKind, Message, kind_of
from privacy.letters.models import Letter

logger = logging.getLogger(__name__)


def queue_letter(kind: LetterKind, record: Any, *, subject_key: str) -> Letter:
    """Queue one letter about a record, in the caller's transaction; a worker is poked once that is committed."""
    from privacy.broker import poke
    from privacy.letters.tasks import deliver_letters

    now = timezone.now()
    letter = Letter.objects.create(
        kind=kind.name, record_id=record.pk, subject_key=subject_key, created_at=now, due_at=now
    )
    transaction.on_commit(lambda: poke(deliver_letters), robust=True)
    return letter


def deliver_due(limit: int = 100) -> int:
    """Send the letters that are due, one at a time, at most `limit`; several workers may do so at once.

    Stops early when the mail server can't be reached: the others would only waste their attempts. Returns how many
    letters ended (sent, dropped or failed for good).
    """
    ended = 0
    connection = get_connection()
    try:
        for _ in range(limit):
            letter = _take(timezone.now())
            if letter is None:
                break
            try:
                ended += _deliver(letter, connection)
            except _Unreachable:
                break
    finally:
        _close(connection)
    return ended


class _Unreachable(Exception):
    """The mail server can't be reached at all, whatever the letter."""


def _take(now: datetime) -> Letter | None:
    """The next letter due, its attempt already written down and committed; nobody else takes it before it is due again.

    A letter that has had all its attempts ends here.
    """
    while True:
        with transaction.atomic():
            letter = Letter.objects.due(now).select_for_update(skip_locked=True).order_by("due_at").first()
            if letter is None:
                return None
            if letter.attempts >= Letter.MOST_ATTEMPTS:
                letter.finish(Letter.State.FAILED, now, letter.error)
                continue
            letter.attempts += 1
            letter.due_at = now + letter.wait()
            letter.error = "interrupted"  # What stays if this process dies before it knows better.
            letter.save(update_fields=["attempts", "due_at", "error"])
            return letter


def _deliver(letter: Letter, connection: Any) -> bool:
    message = _composed(letter)
    if message is None:
        return bool(letter.finish(Letter.State.DROPPED, timezone.now()))
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _note(letter, error)
        raise _Unreachable from error
    try:
        connection.send_messages([_mail(letter, message)])
    except smtplib.SMTPSenderRefused as error:
        _note(letter, error, error.smtp_code)
        raise _Unreachable from error  # Our own address is not accepted: no letter would fare better.
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return _refused(letter, error, min(codes, default=0), connection)
    except smtplib.SMTPResponseException as error:
        return _refused(letter, error, error.smtp_code, connection)
    except (OSError, smtplib.SMTPException) as error:
        _note(letter, error)
        _close(connection)
        return False
    return bool(letter.finish(Letter.State.SENT, timezone.now()))


def _composed(letter: Letter) -> Message | None:
    kind = kind_of(letter)
    if kind is None:
        return None
    record = kind.model._base_manager.filter(pk=letter.record_id).first()
    return kind.compose(record) if record is not None else None


def _mail(letter: Letter, message: Message) -> EmailMessage:
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": letter.message_id, **message.headers},
    )


def _refused(letter: Letter, error: smtplib.SMTPException, code: int, connection: Any) -> bool:
    """A 5xx is the server's last word on this letter; anything else is worth another try."""
    _close(connection)
    if 500 <= code < 600:
        logger.error("Letter %s was refused for good (%s).", letter.pk, code)
        return bool(letter.finish(Letter.State.FAILED, timezone.now(), f"{type(error).__name__} {code}"))
    _note(letter, error, code)
    return False


def _note(letter: Letter, error: Exception, code: int = 0) -> None:
    """Keep the kind of the error, never its words: a server's answer quotes the address."""
    name = f"{type(error).__name__} {code}" if code else type(error).__name__
    logger.warning("Letter %s was not sent (%s); another attempt follows.", letter.pk, name)
    letter.error = name
    Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED).update(error=name)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.warning("The connection to the mail server did not close cleanly.")
