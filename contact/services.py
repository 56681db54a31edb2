"""The only writers of the contact app. Each is one transaction: the row, its consent, the letters to send."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.letters import ACKNOWLEDGEMENT, ANSWER, TEAM_NOTICE
from contact.models import Answer, ContactRequest
from contact.personal_data import CONTACT_CONSENT
from privacy.consents.services import record_consent
from privacy.letters.queue import queue_letter
from privacy.subjects import subject_key


class RequestNotOpen(Exception):
    """The request was closed or anonymised before this could be done. The message is for the staff member."""

    def __init__(self) -> None:
        super().__init__(_("This request is closed: nothing was sent or changed."))


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a visitor typed, validated. `key` stays the same when one form is sent twice; `language` is the page's."""

    key: UUID
    first_name: str
    last_name: str
    email: str
    phone: str
    message: str
    language: str


def submit_contact_request(submission: Submission) -> bool:
    """Write the request, its consent (P3.1) and two letters: an acknowledgement, and a notice to the team.

    Returns False, and writes nothing, when this very form was sent before: a reload or a double click.
    """
    now = timezone.now()
    key = subject_key(submission.email)
    try:
        with transaction.atomic():
            consent = record_consent(
                CONTACT_CONSENT, subject_key=key, language=submission.language, form="contact", at=now
            )
            request = ContactRequest.objects.create(
                submission=submission.key,
                first_name=submission.first_name,
                last_name=submission.last_name,
                email=submission.email,
                phone=submission.phone,
                message=submission.message,
                language=submission.language,
                subject_key=key,
                consent=consent,
                received_at=now,
            )
            for kind in (ACKNOWLEDGEMENT, TEAM_NOTICE):
                queue_letter(kind, request, subject_key=key)
    except IntegrityError:
        if ContactRequest.objects.filter(submission=submission.key).exists():
            return False
        raise
    return True


def answer_contact_request(pk: int, *, author_id: int | None, body: str, close: bool = False) -> Answer:
    """Write the answer and queue it for the visitor. Raises RequestNotOpen."""
    now = timezone.now()
    with transaction.atomic():
        request = _open_request(pk)
        answer = Answer.objects.create(request=request, author_id=author_id, body=body, written_at=now)
        queue_letter(ANSWER, answer, subject_key=request.subject_key)
        request.status = ContactRequest.Status.CLOSED if close else ContactRequest.Status.ANSWERED
        request.closed_at = now if close else None
        request.save(update_fields=["status", "closed_at"])
    return answer


def close_contact_request(pk: int) -> None:
    """Start the clock of the request's retention (P8.1). Raises RequestNotOpen."""
    with transaction.atomic():
        request = _open_request(pk)
        request.status = ContactRequest.Status.CLOSED
        request.closed_at = timezone.now()
        request.save(update_fields=["status", "closed_at"])


def _open_request(pk: int) -> ContactRequest:
    """The request, locked until the end of the transaction."""
    request = ContactRequest.objects.select_for_update().filter(pk=pk).first()
    if request is None or request.closed_at is not None or request.is_anonymised:
        raise RequestNotOpen
    return request
