"""What a requester's browser posts and opens, and what their mails say."""

from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from privacy.letters.models import Letter
from privacy.rights.kinds import Right
from privacy.rights.letters import follow_url
from privacy.rights.models import RightsRequest
from tests.contact.posts import number

OWN: dict[Right, dict[str, str]] = {
    Right.ACCESS: {},
    Right.RECTIFICATION: {"wrong": "Mon nom est Leroi", "correct": "Mon nom est Leroy"},
    Right.ERASURE: {"ground": "17(1)(f)"},
    Right.RESTRICTION: {"restrict": "Tout", "ground": "18(1)(a)"},
    Right.OBJECTION: {"reasons": "Ma situation"},
    Right.MARKETING: {},
    Right.PORTABILITY: {"recipient": "Autre Service", "recipient_email": "import@other.example"},
    Right.DIRECTIVE: {
        "choice": "communicate",
        "beneficiary": "Ma sœur Rose",
        "executor": "Rose Leroy",
        "executor_email": "rose@example.com",
        "consent": "on",
    },
    Right.HEIRS: {
        "deceased": "Jean Leroy",
        "deceased_email": "jean@example.com",
        "capacity": "fils",
        "wish": "close",
        "proof": "Acte de notoriété du 3 mars 2026, Me Dupont",
    },
    Right.QUESTION: {"question": "Qui lit ce que j’écris ?"},
}
"""What each form needs of its own."""


def at(name: str, *arguments: object, language: str = "fr") -> str:
    with translation.override(language):
        return str(reverse(name, args=arguments))


def form_of(right: Right, language: str = "fr") -> str:
    return at(f"rights-{right.value}", language=language)


def filled(right: Right, **changes: Any) -> dict[str, Any]:
    """A form that is right in every field, with `changes`; None leaves a field out."""
    given = {"number": number(), "name": "Zoé Leroy", "email": "zoe.leroy@example.com", **OWN[right], **changes}
    return {name: value for name, value in given.items() if value is not None}


def link_of(request: RightsRequest) -> str:
    """The link of a mail that opens the page of a request."""
    return follow_url(request).removeprefix(settings.SITE_URL)


def following(client: Client, request: RightsRequest) -> Client:
    """A browser in which the page of this request is open."""
    assert client.post(link_of(request)).status_code == 302
    return client


def mails_queued() -> list[str]:
    """The kinds of the letters waiting to be sent."""
    return list(Letter.objects.filter(state=Letter.State.QUEUED).order_by("created_at").values_list("kind", flat=True))
