"""People who ask for news, by the services the site uses."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from contact.models import Prospect
from contact.prospects.letters import NEWS_LINK, ask_to_confirm_news
from contact.prospects.purposes import NEWS, NEWS_CONFIRMED
from contact.prospects.services import confirm_prospect, invite_prospect
from contact.submitting import Submission, submit_contact_request
from privacy.consents.links import withdrawal_url
from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.consents.services import in_language
from privacy.links import single_use
from privacy.subjects import subject_key

ZOE = "zoe.lefevre@example.com"


def ask(email: str = ZOE, **changes: Any) -> Prospect:
    """A box ticked: somebody pending, and their letter in the queue."""
    fields = {"first_name": "Zoé", "last_name": "Lefèvre", "language": "fr", **changes}
    invite_prospect(email=email, **fields)
    return Prospect.objects.latest("pk")


def token_for(prospect: Prospect) -> str:
    """The token of the mail that asks them to confirm, as its delivery would mint it."""
    mail = ask_to_confirm_news(prospect)
    assert mail is not None
    return mail.body.split("http", 1)[1].split()[0].rstrip("/").rpartition("/")[2]


def link_for(prospect: Prospect) -> str:
    """Another token for the same row, even one that would get no mail any more."""
    assert prospect.pending_until is not None
    life = prospect.pending_until - timezone.now()
    return single_use.mint(NEWS_LINK, prospect, subject_key=prospect.subject_key, life=life)


def confirmed(email: str = ZOE, **changes: Any) -> Prospect:
    prospect = ask(email, **changes)
    assert confirm_prospect(token_for(prospect), language=prospect.language)
    prospect.refresh_from_db()
    return prospect


def many(number: int, *, language: str = "fr", at: datetime | None = None) -> None:
    """So many confirmed prospects, with their proofs, in a few statements."""
    now = at or timezone.now()
    addresses = [f"person{each}@example.com" for each in range(number)]
    wording = Wording.of(in_language(NEWS_CONFIRMED, language))
    consents = Consent.objects.bulk_create(
        Consent(subject_key=subject_key(address), purpose=NEWS.name, given_at=now) for address in addresses
    )
    Prospect.objects.bulk_create(
        Prospect(
            first_name="Ann",
            last_name=f"Number {each}",
            email=address,
            language=language,
            subject_key=subject_key(address),
            consent=consents[each],
            asked_at=now,
            last_contact_at=now,
        )
        for each, address in enumerate(addresses)
    )
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            consent=consent,
            kind=ConsentEvent.Kind.CONFIRMED,
            wording=wording,
            language=language,
            form="news-confirmation",
            at=now,
        )
        for consent in consents
    )


def write_to_us(email: str = ZOE, **changes: Any) -> None:
    fields: dict[str, Any] = {
        "key": uuid4(),
        "first_name": "Zoé",
        "last_name": "Lefèvre",
        "email": email,
        "phone": "",
        "message": "Bonjour, une question.",
        "language": "fr",
        **changes,
    }
    assert submit_contact_request(Submission(**fields))


def page(name: str, token: str, language: str = "fr") -> str:
    with translation.override(language):
        return reverse(f"contact:{name}", args=[token])


def stop_link(prospect: Prospect, language: str = "fr") -> str:
    """Where the link at the end of each of our news leads, without the site's own address."""
    assert prospect.consent_id is not None
    return withdrawal_url(prospect.consent_id, language).removeprefix(settings.SITE_URL)
