"""Errors told to a technical contact by mail, as discreetly as the log tells them; no outside service sees them."""

import logging
import os
import socket
from smtplib import SMTPException
from threading import Thread
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import UnreadablePostError

from customerlabs.logs import JsonFormatter, told

MOST = 5
"""Mails that one process may send in a window: a storm of errors is told by the log, not by the mailbox."""
WINDOW = 3600.0
"""Seconds. The same error is told once in a window."""

logger = logging.getLogger(__name__)


class ErrorMail(logging.Handler):
    """Mails an error with its kind and place, its request id or its job: no body, cookie, query or local value.

    The mail leaves in a thread of its own, since a visitor's answer does not wait for a mail server.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(JsonFormatter())
        self._began_at = -WINDOW
        self._told: set[tuple[str, str]] = set()
        self._left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        if not settings.TECHNICAL_CONTACT or record.name == __name__ or _is_a_lost_client(record):
            return
        left_out = self._take_place(record)
        if left_out is None:
            return
        lines = [self.format(record)]
        if left_out:
            lines.append(f"{left_out} more errors were not mailed since the last window began: the log has them.")
        mail = EmailMessage(
            subject=f"[{settings.CONTROLLER.name}] {record.levelname} {record.name}",
            body="\n\n".join([f"{socket.gethostname()}, process {os.getpid()}", *lines]),
            from_email=settings.SERVER_EMAIL,
            to=[settings.TECHNICAL_CONTACT],
            headers={"Auto-Submitted": "auto-generated"},
        )
        Thread(target=_send, args=(mail,), name="error-mail").start()

    def _take_place(self, record: logging.LogRecord) -> int | None:
        """How many were left out in the window before; None when this one is to be left out too."""
        now, what = monotonic(), (record.name, str(record.msg) if record.args else told(record))
        left_out = 0
        if now - self._began_at >= WINDOW:
            left_out, self._left_out = self._left_out, 0
            self._began_at = now
            self._told.clear()
        if what in self._told or len(self._told) >= MOST:
            self._left_out += 1
            return None
        self._told.add(what)
        return left_out


def _is_a_lost_client(record: logging.LogRecord) -> bool:
    """Whoever hangs up, or is too slow, in the middle of a form: no error of ours."""
    return bool(record.exc_info and isinstance(record.exc_info[1], UnreadablePostError))


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        logger.warning("An error could not be mailed (%s).", type(error).__name__)
