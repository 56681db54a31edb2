"""Sending through SMTP, to any address there is."""

import email
import email.policy
import smtplib
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp


class EmailBackend(smtp.EmailBackend):
    """Django's, which also writes to addresses with accents before the @ (RFC 6531) where the server takes them.

    Raises smtplib.SMTPNotSupportedError where it does not.
    """

    def _send(self, email_message: EmailMessage) -> bool:
        addresses = [parseaddr(recipient)[1] for recipient in email_message.recipients()]
        if self.connection is None or all(address.rpartition("@")[0].isascii() for address in addresses):
            return super()._send(email_message)  # type: ignore[misc,no-any-return]
        mail = email.message_from_bytes(email_message.message().as_bytes(), policy=email.policy.SMTPUTF8)
        del mail["To"]
        mail["To"] = ", ".join(email_message.to)
        try:
            self.connection.sendmail(
                parseaddr(email_message.from_email)[1],
                addresses,
                mail.as_bytes(),
                mail_options=["SMTPUTF8", "BODY=8BITMIME"],
            )
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True
