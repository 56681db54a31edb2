"""The letters to who uses a right. Links are minted when a letter is sent, so the queue never holds one."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from privacy.authority import CNIL
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import single_use
from privacy.officer import to_officer
from privacy.rights.deadlines import explain
from privacy.rights.following.standing import told
from privacy.rights.kinds import State
from privacy.rights.links import FOLLOW, PROVE
from privacy.rights.models import CaseEvent, CaseFile, RightsRequest

Kind = CaseEvent.Kind
TEMPLATES: dict[str, str] = {
    Kind.ANSWER: "answer",
    Kind.EXTENDED: "extended",
    Kind.GRANTED: "granted",
    Kind.REFUSED: "refused",
}
"""Events that have a letter of their own; the others share one."""


def follow_url(request: RightsRequest) -> str:
    """A new link to the page of a request, good once, for seven days."""
    return _url("rights-enter", FOLLOW, request, life=RightsRequest.PROVE_WITHIN)


def _url(name: str, purpose: str, request: RightsRequest, *, life: Any) -> str:
    token = single_use.mint(purpose, request, subject_key=request.subject_key, life=life)
    with translation.override(request.language):
        return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _to_person(request: RightsRequest, template: str, **context: Any) -> Message | None:
    file = CaseFile.objects.filter(request=request).first()
    if file is None or not file.email:
        return None
    return written(
        f"privacy/letters/rights/{template}.txt",
        request.language,
        to=file.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={"request": request, "file": file, "authority": CNIL, **context},
    )


def send_received(request: RightsRequest) -> Message | None:
    """The link that proves the address. None once it is proved, or too late."""
    return _with_proving_link(request, "received")


def send_reminder(request: RightsRequest) -> Message | None:
    """The same once more, to who has not used it."""
    return _with_proving_link(request, "reminder")


def _with_proving_link(request: RightsRequest, template: str) -> Message | None:
    now = timezone.now()
    until = request.unproved_until or now + RightsRequest.PROVE_WITHIN
    if request.state != State.UNPROVED or until <= now:
        return None
    url = _url("rights-prove", PROVE, request, life=until - now)
    with translation.override(request.language):
        return _to_person(request, template, url=url, until=until, why=explain(request.received_at))


def send_event(event: CaseEvent) -> Message | None:
    """What the officer wrote or decided, in full, with a link to the page of the request."""
    request = event.file.request
    template = TEMPLATES.get(event.kind, "event")
    return _to_person(request, template, event=event, what=told(event), url=follow_url(request))


def send_link(request: RightsRequest) -> Message | None:
    return _to_person(request, "link", url=follow_url(request))


def tell_officer_of(event: CaseEvent) -> Message | None:
    """To the officer: that something came, by its reference. What was written stays on the site."""
    request = event.file.request
    return to_officer("privacy/letters/rights/officer_news.txt", request, request=request, event=event)


RECEIVED = LetterKind(name="privacy.rights-received", model=RightsRequest, compose=send_received)
REMINDER = LetterKind(name="privacy.rights-reminder", model=RightsRequest, compose=send_reminder)
LINK = LetterKind(name="privacy.rights-link", model=RightsRequest, compose=send_link)
EVENT = LetterKind(name="privacy.rights-event", model=CaseEvent, compose=send_event)
OFFICER_NEWS = LetterKind(name="privacy.rights-news", model=CaseEvent, compose=tell_officer_of)

register_letter(RECEIVED, REMINDER, LINK, EVENT, OFFICER_NEWS)
