"""From a written message to the mail that leaves: text, and the same as plain HTML."""

from email.policy import Compat32
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.functional import cached_property

from privacy.letters.html import html_part
from privacy.letters.kinds import Message


class Plain(Compat32):
    """Writes a short header as it is. The usual policy takes each apart to see whether it must be folded."""

    LONGEST = 78

    def fold_binary(self, name: str, value: Any) -> bytes:
        line = f"{name}: {value}"
        if len(line) <= self.LONGEST and line.isascii() and line.isprintable():
            return f"{line}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class Mail(EmailMultiAlternatives):
    """Put together once, though it is looked at before it is sent. Nothing of it changes after that."""

    @cached_property
    def _whole(self) -> Any:
        whole = super().message()
        if whole.is_multipart():
            # Nobody can have written it; else the whole text is searched for one that nobody wrote.
            whole.set_boundary(f"=_{uuid4().hex}")
        whole.policy = Plain()
        return whole

    def message(self) -> Any:  # type: ignore[override]
        return self._whole


def mail_of(message: Message, *, message_id: str) -> EmailMultiAlternatives:
    mail = Mail(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message_id, **message.headers},
    )
    html = message.html or html_part(
        message.body, language=message.language or settings.LANGUAGE_CODE, subject=message.subject
    )
    mail.attach_alternative(html, "text/html")
    return mail
