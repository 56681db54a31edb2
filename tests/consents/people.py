"""People who agreed to something, by the services the site uses, and what their links say."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from contact.models import ContactRequest
from contact.submitting import Submission
from privacy.consents.asking import ask_to_withdraw
from privacy.consents.letters import send_choice
from privacy.consents.links import withdrawal_url
from privacy.consents.models import Consent, WithdrawalRequest
from tests.prospects.people import ZOE, write_to_us

__all__ = ["ZOE", "address_of", "choice", "write", "wrote"]


def wrote(email: str = ZOE, **changes: Any) -> ContactRequest:
    """Somebody wrote through the form, and their request stands."""
    write_to_us(email, **changes)
    return ContactRequest.objects.latest("pk")


def address_of(consent: Consent | None, language: str = "fr") -> str:
    """The link at the end of each mail about this consent, without the site's own address."""
    assert consent is not None
    return withdrawal_url(consent.pk, language).removeprefix(settings.SITE_URL)


def choice(email: str = ZOE, language: str = "fr") -> str:
    """The link of the mail that the form on the site sends, as its delivery would mint it."""
    ask_to_withdraw(email, language=language)
    mail = send_choice(WithdrawalRequest.objects.latest("pk"))
    assert mail is not None
    token = mail.body.split("http", 1)[1].split()[0].rstrip("/").rpartition("/")[2]
    with translation.override(language):
        return str(reverse("choose-consents", args=[token]))


def write(email: str = ZOE) -> Submission:
    return Submission(
        key=uuid4(), first_name="Zoé", last_name="Lefèvre", email=email, phone="", message="Bonjour.", language="fr"
    )
