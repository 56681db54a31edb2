"""One worker's share of the mailings. Several may send at once; each delivery is one worker's, once."""

import logging
import smtplib
import time
from typing import Any

from django.core.mail import get_connection
from django.utils import timezone

from contact.mailings.models import MailingDelivery
from contact.mailings.services import end_finished, finish, put_off
from contact.mailings.statements import Statements, due
from contact.mailings.writing import Reader, mail_to

logger = logging.getLogger(__name__)

CLOSING = 421
"""RFC 5321: the server is about to go, whatever was asked of it."""
OK = 250


class _ServerFailed(Exception):
    """The mail server is of no use now, whoever is written to."""


def send_due(seconds: float = 20.0) -> bool:
    """Send mailings for so many seconds, so that other letters get their turn; returns whether more are due.

    To be called outside any transaction.
    """
    ends_at = time.monotonic() + seconds
    server, statements = get_connection(), Statements()
    try:
        if not due(timezone.now()).exists():
            return False  # No line is opened for nothing.
        while time.monotonic() < ends_at:
            _greet(server)
            taken = statements.take()
            if taken is None:
                return False  # Others have the last of them.
            _deliver(*taken, server)
    except _ServerFailed as failure:
        logger.warning("The mail server failed (%s); the mailings wait.", failure)
        return False
    finally:
        _close(server)
        end_finished()
    return True


def _greet(server: Any) -> None:
    """See that the server is there before anybody's one delivery is begun: a dead line then costs nobody theirs."""
    try:
        line = getattr(server, "connection", None)
        if line is not None and not _answers(line):
            _close(server)
        server.open()
    except OSError as error:  # smtplib's own errors are OSErrors too.
        raise _ServerFailed(type(error).__name__) from error


def _answers(line: Any) -> bool:
    try:
        return bool(line.noop()[0] == OK)
    except OSError:
        return False


def _deliver(delivery: MailingDelivery, reader: Reader | None, server: Any) -> None:
    if reader is None:
        finish(delivery, MailingDelivery.State.DROPPED)
        return
    try:
        mail = mail_to(reader, delivery.mailing, message_id=delivery.message_id)
        mail.message()  # Raises for a header that can't be sent, before the server hears of it.
    except Exception as error:  # Whatever is wrong with this one, the others must leave.
        logger.exception("Delivery %s could not be written.", delivery.pk)
        finish(delivery, MailingDelivery.State.FAILED, type(error).__name__)
        return
    try:
        server.send_messages([mail])
    except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as error:
        put_off(delivery, _kind(error, error.smtp_code), counted=False)  # It is us whom the server does not like.
        raise _ServerFailed(_kind(error, error.smtp_code)) from error
    except smtplib.SMTPRecipientsRefused as error:
        _refused(delivery, server, error, min((code for code, _ in error.recipients.values()), default=0))
    except smtplib.SMTPResponseException as error:
        _refused(delivery, server, error, error.smtp_code)
    except smtplib.SMTPNotSupportedError as error:  # An address in letters this server does not know; never sent.
        finish(delivery, MailingDelivery.State.FAILED, _kind(error))
    except OSError as error:
        # Cut off on the way: the server may have it or not, and whoever may have it gets no second one.
        finish(delivery, MailingDelivery.State.UNCERTAIN, _kind(error))
        _close(server)
    else:
        finish(delivery, MailingDelivery.State.SENT)


def _refused(delivery: MailingDelivery, server: Any, error: smtplib.SMTPException, code: int) -> None:
    """The server said no, so this person has nothing: for good with a 5xx, for now with anything else."""
    if code == CLOSING:
        put_off(delivery, _kind(error, code), counted=False)
        raise _ServerFailed(_kind(error, code)) from error
    _close(server)  # smtplib may have lost it on the way; the next delivery opens another.
    if 500 <= code < 600:
        finish(delivery, MailingDelivery.State.FAILED, _kind(error, code))
    else:
        put_off(delivery, _kind(error, code), counted=True)


def _kind(error: Exception, code: int = 0) -> str:
    """The kind of the error, never its words: a server's answer quotes the address."""
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _close(server: Any) -> None:
    try:
        server.close()
    except OSError:
        logger.warning("The connection to the mail server did not close cleanly.")
