"""The letters of the contact desk. Each is written at delivery, from the live record, in its reader's language."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from contact.models import ContactRequest, ThreadEntry
from privacy.consents.links import withdrawal_url
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import single_use

CONFIRM_LINK = single_use.register_link("contact.confirm", ContactRequest)
CONFIRMATION_LIFE = timedelta(hours=24)


def is_usable(request: ContactRequest) -> bool:
    """Asked again at delivery: what was restricted meanwhile is stored, and nothing else (P5.4)."""
    return ContactRequest.objects.usable().filter(pk=request.pk).exists()


def acknowledge(request: ContactRequest) -> Message | None:
    if not request.email or not is_usable(request):
        return None
    return written(
        "contact/letters/acknowledgement.txt",
        request.language,
        to=request.email,
        reply_to=settings.CONTACT_DESK_EMAIL,
        headers=AUTOMATIC,
        context=_withdrawal(request),
    )


def ask_to_confirm(request: ContactRequest) -> Message | None:
    """Nothing of what was typed stands in it: the address may be a stranger's."""
    if request.status != ContactRequest.Status.HELD:
        return None
    token = single_use.mint(CONFIRM_LINK, request, subject_key=request.subject_key, life=CONFIRMATION_LIFE)
    with translation.override(request.language):
        url = settings.SITE_URL + reverse("contact:confirm", args=[token])
    return written(
        "contact/letters/confirmation.txt",
        request.language,
        to=request.email,
        reply_to=settings.CONTACT_DESK_EMAIL,
        context={"url": url, **_withdrawal(request)},
        headers=AUTOMATIC,
    )


def tell_team(request: ContactRequest) -> Message | None:
    """The team's notice names nobody: it says that something waits, and where to read it."""
    if not request.is_open or not is_usable(request):
        return None
    url = settings.SITE_URL + reverse("admin:contact_contactrequest_change", args=[request.pk])
    return written(
        "contact/letters/team_notice.txt",
        settings.LANGUAGE_CODE,
        to=settings.CONTACT_DESK_EMAIL,
        context={"request": request, "url": url},
        headers=AUTOMATIC,
    )


def send_answer(answer: ThreadEntry) -> Message | None:
    request = answer.request
    if not request.email or not is_usable(request):
        return None
    return written(
        "contact/letters/answer.txt",
        request.language,
        to=request.email,
        context={"answer": answer, **_withdrawal(request)},
        reply_to=settings.CONTACT_DESK_EMAIL,
    )


def tell_closed(request: ContactRequest) -> Message | None:
    """The request was closed after settings.CONTACT_INACTIVITY without a word: its writer is told."""
    if not request.email or request.is_open or not is_usable(request):
        return None
    return written(
        "contact/letters/closed.txt",
        request.language,
        to=request.email,
        reply_to=settings.CONTACT_DESK_EMAIL,
        headers=AUTOMATIC,
        context={"inactivity": settings.CONTACT_INACTIVITY, **_withdrawal(request)},
    )


def _withdrawal(request: ContactRequest) -> dict[str, str]:
    """What the foot of the letter needs to say how the agreement is taken back (P5.6)."""
    return {"withdraw": withdrawal_url(request.consent_id, request.language)} if request.consent_id else {}


ACKNOWLEDGEMENT = LetterKind(name="contact.acknowledgement", model=ContactRequest, compose=acknowledge)
CONFIRMATION = LetterKind(name="contact.confirmation", model=ContactRequest, compose=ask_to_confirm)
TEAM_NOTICE = LetterKind(name="contact.team_notice", model=ContactRequest, compose=tell_team)
ANSWER = LetterKind(name="contact.answer", model=ThreadEntry, compose=send_answer)
CLOSED = LetterKind(name="contact.closed", model=ContactRequest, compose=tell_closed)

register_letter(ACKNOWLEDGEMENT, CONFIRMATION, TEAM_NOTICE, ANSWER, CLOSED)
