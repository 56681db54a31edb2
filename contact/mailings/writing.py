"""A mailing as one person gets it: text, a plain HTML part, and what mail programs need to stop it (RFC 8058)."""

from email.utils import make_msgid
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from contact.mailings.models import Mailing
from privacy.consents.links import NOBODY, withdrawal_url
from privacy.letters.alike import Pattern, pattern
from privacy.letters.kinds import Message
from privacy.letters.mail import mail_of
from privacy.letters.rendering import AUTOMATIC, written


class Reader(NamedTuple):
    """What is needed of a prospect who may be written to."""

    email: str
    language: str
    consent_id: int


def mail_to(reader: Reader, mailing: Mailing, *, message_id: str) -> EmailMultiAlternatives:
    language = reader.language
    to_all = _to_all(mailing.subject_in(language), mailing.body_in(language), language)
    return mail_of(to_all.to(reader.email, withdrawal_url(reader.consent_id, language)), message_id=message_id)


def specimen(mailing: Mailing, language: str, to: str = "") -> EmailMultiAlternatives:
    """What the readers of `language` will get, but for whom the unsubscribe link stops."""
    message_id = make_msgid(domain=urlsplit(settings.SITE_URL).hostname)
    message = _message(mailing.subject_in(language), mailing.body_in(language), language, to)
    return mail_of(message, message_id=message_id)


def html_of(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


@lru_cache(maxsize=8)
def _to_all(subject: str, body: str, language: str) -> Pattern:
    """What thousands get."""
    return pattern(_message(subject, body, language), withdrawal_url(NOBODY, language))


def _message(subject: str, body: str, language: str, to: str = "") -> Message:
    """The subject and the body go into the template as values, and are never one themselves."""
    stop = withdrawal_url(NOBODY, language)
    return written(
        "contact/letters/news.txt",
        language,
        to=to,
        reply_to=settings.CONTACT_DESK_EMAIL,
        context={"subject": subject, "body": body, "stop": stop},
        headers={**AUTOMATIC, "List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
