"""From a written message to the mail that leaves: text, and the same as plain HTML."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart, SafeMIMEText
from django.utils.functional import cached_property

from privacy.letters.html import html_part
from privacy.letters.kinds import Message


class Mail(EmailMultiAlternatives):
    """Put together once, though it is looked at before it is sent. Nothing of it changes after that."""

    @cached_property
    def _whole(self) -> SafeMIMEText | SafeMIMEMultipart:
        return super().message()

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:
        return self._whole


def mail_of(message: Message, *, message_id: str) -> EmailMultiAlternatives:
    mail = Mail(
        subject=message.subject,
        body=message.body,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message_id, **message.headers},
    )
    html = html_part(message.body, language=message.language or settings.LANGUAGE_CODE, subject=message.subject)
    mail.attach_alternative(html, "text/html")
    return mail
