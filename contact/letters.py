"""The letters of the contact desk. Each is written at delivery, from the live record, in its reader's language."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from contact.models import Answer, ContactRequest
from privacy.letters.kinds import LetterKind, Message, register_letter

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: an out-of-office reply must not answer this."""


def _message(name: str, language: str, *, to: str, context: dict[str, Any], **more: Any) -> Message:
    """Render `templates/contact/letters/<name>.txt`: the first line is the subject, what follows is the body."""
    with translation.override(language):
        text = render_to_string(
            f"contact/letters/{name}.txt", {"controller": settings.CONTROLLER, "site_url": settings.SITE_URL, **context}
        )
    subject, _, body = text.partition("\n")
    return Message(to=to, subject=subject.strip(), body=body.strip() + "\n", **more)


def acknowledge(request: ContactRequest) -> Message | None:
    if not request.email:
        return None
    return _message(
        "acknowledgement",
        request.language,
        to=request.email,
        context={"request": request},
        reply_to=settings.CONTACT_DESK_EMAIL,
        headers=AUTOMATIC,
    )


def tell_team(request: ContactRequest) -> Message | None:
    """The team's notice names nobody: it says that something waits, and where to read it."""
    if request.is_anonymised:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        url = settings.SITE_URL + reverse("admin:contact_contactrequest_change", args=[request.pk])
    return _message(
        "team_notice",
        settings.LANGUAGE_CODE,
        to=settings.CONTACT_DESK_EMAIL,
        context={"request": request, "url": url},
        headers=AUTOMATIC,
    )


def send_answer(answer: Answer) -> Message | None:
    request = answer.request
    if not request.email:
        return None
    return _message(
        "answer",
        request.language,
        to=request.email,
        context={"request": request, "answer": answer},
        reply_to=settings.CONTACT_DESK_EMAIL,
    )


ACKNOWLEDGEMENT = LetterKind(name="contact.acknowledgement", model=ContactRequest, compose=acknowledge)
TEAM_NOTICE = LetterKind(name="contact.team_notice", model=ContactRequest, compose=tell_team)
ANSWER = LetterKind(name="contact.answer", model=Answer, compose=send_answer)

register_letter(ACKNOWLEDGEMENT, TEAM_NOTICE, ANSWER)
