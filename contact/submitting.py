"""What visitors do with a request: write it, confirm it. Each is one transaction: the row, its consent, its letters.

With services.py, the only writers of requests. What visitors do is not in the trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from contact.letters import ACKNOWLEDGEMENT, CONFIRM_LINK, CONFIRMATION, CONFIRMATION_LIFE, TEAM_NOTICE
from contact.models import ContactRequest
from contact.prospects.services import invite_prospect, note_contact
from contact.purposes import REQUEST_PURPOSES
from privacy.consents.services import record_consent
from privacy.letters.queue import queue_letter
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.rekeying import carry_over
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.statements import Statement, insert_of
from privacy.subjects import subject_key


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a visitor typed, validated. `key` stays the same when one form is sent twice; `language` is the page's."""

    key: UUID
    kind: ContactRequest.Kind = ContactRequest.Kind.CONTACT
    first_name: str
    last_name: str
    email: str
    phone: str
    message: str
    language: str
    wants_news: bool = False


def submit_contact_request(submission: Submission, *, hold: bool = False) -> bool:
    """Write the request, its consent (P3.1) and its letters: an acknowledgement, and a notice to the team.

    With `hold`, the request waits instead for a confirmation by mail, out of everybody's sight, for 24 hours.
    Returns False, and writes nothing, when this very form was sent before: a reload or a double click.
    """
    now = timezone.now()
    key = subject_key(submission.email)
    purpose = REQUEST_PURPOSES[submission.kind]
    try:
        with transaction.atomic():
            consent = record_consent(purpose, subject_key=key, language=submission.language, form="contact", at=now)
            request = _written(
                submission=submission.key,
                kind=submission.kind.value,
                first_name=submission.first_name,
                last_name=submission.last_name,
                email=submission.email,
                phone=submission.phone,
                message=submission.message,
                wants_news=submission.wants_news,
                language=submission.language,
                subject_key=key,
                consent_id=consent.pk,
                status=(ContactRequest.Status.HELD if hold else ContactRequest.Status.NEW).value,
                received_at=now,
                last_activity_at=now,
                held_until=now + CONFIRMATION_LIFE if hold else None,
            )
            if hold:
                queue_to_stranger(CONFIRMATION, request, subject_key=key)
            else:
                _welcome(request, submission)
                # Last: it locks the count of all such letters until the commit, and every other message waits for it.
                queue_to_stranger(ACKNOWLEDGEMENT, request, subject_key=key)
    except IntegrityError:
        if ContactRequest.objects.filter(submission=submission.key).exists():
            return False
        raise
    return True


def confirm_contact_request(token: str) -> bool:
    """Let a held request in: its writer has opened the mail. False for a link that is unknown or too old.

    A second click, a double one or a reload is told the same as the first, and writes nothing.
    """
    with transaction.atomic():
        link = single_use.use(CONFIRM_LINK, token)
        if link is None:
            return single_use.was_used(CONFIRM_LINK, token)
        request = (
            ContactRequest.objects.select_for_update()
            .filter(pk=link.record_id, status=ContactRequest.Status.HELD)
            .first()
        )
        if request is None:
            return False
        request.status = ContactRequest.Status.NEW
        request.held_until = None
        with restricted_rows_may_change():  # Its own writer asks for it.
            request.save(update_fields=["status", "held_until"])
        _welcome(request, request)
    return True


def _written(**columns: Any) -> ContactRequest:
    """A new row, of which only the number is known afterwards: writing it by `create()` takes several times as long."""
    row = _new.carry_out(**columns)
    if row is None:
        raise AssertionError("The statement always gives a row.")
    carry_over(columns["email"])
    return ContactRequest(pk=row[0], subject_key=columns["subject_key"])


@Statement
def _new() -> tuple[str, Sequence[Any]]:
    return insert_of(
        ContactRequest,
        *("submission", "kind", "first_name", "last_name", "email", "phone", "message", "wants_news", "language"),
        *("subject_key", "consent_id", "status", "received_at", "last_activity_at", "held_until"),
    )


def _welcome(request: ContactRequest, written: Submission | ContactRequest) -> None:
    """Tell the team, and begin the visitor's second wish if there is one (P3.2)."""
    queue_letter(TEAM_NOTICE, request, subject_key=request.subject_key)
    note_contact(written.email)
    if written.wants_news:
        invite_prospect(
            first_name=written.first_name,
            last_name=written.last_name,
            email=written.email,
            language=written.language,
        )
