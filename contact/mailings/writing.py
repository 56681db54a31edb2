"""A mailing as one person gets it: text, a plain HTML part, and what mail programs need to stop it (RFC 8058)."""

from email.utils import make_msgid
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from contact.mailings.models import Mailing
from privacy.consents.links import NOBODY, withdrawal_url
from privacy.letters.mail import mail_of
from privacy.letters.rendering import AUTOMATIC, written


class Reader(NamedTuple):
    """What is needed of a prospect who may be written to."""

    email: str
    language: str
    consent_id: int


def mail_to(reader: Reader, mailing: Mailing, *, message_id: str) -> EmailMultiAlternatives:
    return _mail(mailing, reader.language, reader.email, reader.consent_id, message_id)


def specimen(mailing: Mailing, language: str, to: str = "") -> EmailMultiAlternatives:
    """What the readers of `language` will get, but for whom the unsubscribe link stops."""
    message_id = make_msgid(domain=urlsplit(settings.SITE_URL).hostname)
    return _mail(mailing, language, to, NOBODY, message_id)


def html_of(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


def _mail(mailing: Mailing, language: str, to: str, consent_id: int, message_id: str) -> EmailMultiAlternatives:
    """The subject and the body go into the template as values, and are never one themselves."""
    stop = withdrawal_url(consent_id, language)
    message = written(
        "contact/letters/news.txt",
        language,
        to=to,
        reply_to=settings.CONTACT_DESK_EMAIL,
        context={"subject": mailing.subject_in(language), "body": mailing.body_in(language), "stop": stop},
        headers={**AUTOMATIC, "List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    return mail_of(message, message_id=message_id)
