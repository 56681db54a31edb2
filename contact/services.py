"""What staff do with a request. Each is one transaction: the row, the letters to send, the line in the trail (P7.2).

With submitting.py, the only writers of requests. `author_id` and `by` are accounts of staff.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.letters import ANSWER
from contact.models import ContactRequest, ThreadEntry
from contact.prospects.services import note_contact
from privacy.audit.services import Action, record, record_all
from privacy.holds.keeping import keep_holds_still
from privacy.letters.queue import queue_letter
from privacy.rights.intake import enter
from privacy.rights.kinds import Channel, Right
from privacy.rights.models import RightsRequest


class RequestNotOpen(Exception):
    """The request was closed or anonymised before this could be done. The message is for the staff member."""

    def __init__(self) -> None:
        super().__init__(_("This request is closed: nothing was sent or changed."))


class RequestRestricted(RequestNotOpen):
    """The request is stored and nothing else (P5.4). The message is for the staff member."""

    def __init__(self) -> None:
        Exception.__init__(
            self,
            _(
                "The use of this request is restricted: it is stored and nothing else. Nothing was sent or changed. "
                "The data protection officer knows why."
            ),
        )


class ThreadHasGrown(Exception):
    """Something was added to the thread since its reader opened it. The message is for the staff member."""

    def __init__(self) -> None:
        super().__init__(
            _("Something was added to this request since you opened it: nothing was sent or written. Read it first.")
        )


def make_rights_request(pk: int, *, author_id: int, right: str, seen: int | None = None) -> RightsRequest:
    """What came as a message is about a right: the officer's queue gets it, with its original date (P6.1).

    The message is closed, with a note that says where it went; its writer gets the link that proves their address.
    Raises RequestNotOpen, ThreadHasGrown.
    """
    with transaction.atomic():
        keep_holds_still()
        request = _open_request(pk)
        made = enter(
            Right(right),
            by=author_id,
            channel=Channel.FORM,
            received_at=request.received_at,
            name=request.name,
            email=request.email,
            language=request.language,
            object=request.message,
        )
        _add(request, ThreadEntry.Kind.NOTE, author_id, f"→ {made.reference}", seen)
        _move(request, ContactRequest.Status.CLOSED)
        record(Action.MOVED, request, by=author_id, details=("made a rights request",))
    return made


def answer_contact_request(
    pk: int, *, author_id: int | None, body: str, close: bool = False, seen: int | None = None
) -> ThreadEntry:
    """Write the answer and queue it for the visitor.

    `seen` is the last entry its author had read, 0 for none: nobody is answered twice because two of the staff, or one
    finger, were quick. Raises RequestNotOpen, RequestRestricted, ThreadHasGrown.
    """
    with transaction.atomic():
        request = _open_request(pk)
        answer = _add(request, ThreadEntry.Kind.ANSWER, author_id, body, seen)
        queue_letter(ANSWER, answer, subject_key=request.subject_key)
        _move(request, ContactRequest.Status.CLOSED if close else ContactRequest.Status.ANSWERED)
        record(Action.MOVED, request, by=author_id, details=("answered", "closed") if close else ("answered",))
    return answer


def record_reply(pk: int, *, author_id: int | None, body: str, seen: int | None = None) -> ThreadEntry:
    """Put on record what the visitor wrote back by mail: they wait for an answer again.

    Raises RequestNotOpen, RequestRestricted, ThreadHasGrown.
    """
    with transaction.atomic():
        request = _open_request(pk)
        reply = _add(request, ThreadEntry.Kind.REPLY, author_id, body, seen)
        note_contact(request.email)
        _move(request, ContactRequest.Status.NEW)
        record(Action.MOVED, request, by=author_id, details=("reply",))
    return reply


def add_note(pk: int, *, author_id: int | None, body: str, seen: int | None = None) -> ThreadEntry:
    """A note among staff: it is personal data of the visitor like the rest, and goes with it.

    Raises RequestNotOpen, RequestRestricted, ThreadHasGrown.
    """
    with transaction.atomic():
        request = _open_request(pk)
        note = _add(request, ThreadEntry.Kind.NOTE, author_id, body, seen)
        record(Action.CHANGED, request, by=author_id, details=("note",))
    return note


def assign(pk: int, *, assignee_id: int | None, by: int | None) -> None:
    """Raises RequestNotOpen, RequestRestricted."""
    with transaction.atomic():
        request = _open_request(pk)
        request.assignee_id = assignee_id
        request.save(update_fields=["assignee"])
        record(Action.CHANGED, request, by=by, details=("assignee",))


def mark_read(pk: int, *, by: int | None) -> None:
    """Somebody has seen it, and leaves it at that. Whatever else is done with a request marks it too."""
    with transaction.atomic():
        if ContactRequest.objects.usable().filter(pk=pk, read_at=None).update(read_at=timezone.now()):
            record(Action.CHANGED, ContactRequest(pk=pk), by=by, details=("read_at",))


def close_contact_request(pk: int, *, by: int | None) -> None:
    """Start the clock of the request's retention (P8.1). Raises RequestNotOpen, RequestRestricted."""
    with transaction.atomic():
        request = _open_request(pk)
        _move(request, ContactRequest.Status.CLOSED)
        record(Action.MOVED, request, by=by, details=("closed",))


def reopen_contact_request(pk: int, *, by: int | None) -> None:
    """Stop that clock: the person wrote again. Also takes a request out of the unwanted.

    Raises RequestNotOpen, RequestRestricted.
    """
    with transaction.atomic():
        request = _locked(pk)
        closed = (ContactRequest.Status.CLOSED, ContactRequest.Status.SPAM)
        if request is None or request.is_anonymised or request.status not in closed:
            raise RequestNotOpen
        _usable(request)
        _seen(request)
        _move(request, ContactRequest.Status.NEW)
        record(Action.MOVED, request, by=by, details=("reopened",))


def mark_as_spam(pk: int, *, by: int | None) -> None:
    """Out of sight now, and gone with all it holds after settings.SPAM_RETENTION.

    Raises RequestNotOpen, RequestRestricted.
    """
    with transaction.atomic():
        request = _open_request(pk)
        _move(request, ContactRequest.Status.SPAM)
        record(Action.MOVED, request, by=by, details=("unwanted",))


def close_contact_requests(pks: Sequence[int], *, by: int | None) -> int:
    """Close these requests, at most a page of a list, in one transaction. Returns how many were still open."""
    return _move_all(pks, ContactRequest.Status.CLOSED, "closed", by)


def mark_requests_as_spam(pks: Sequence[int], *, by: int | None) -> int:
    """Mark these requests as unwanted, in one transaction. Returns how many were still open."""
    return _move_all(pks, ContactRequest.Status.SPAM, "unwanted", by)


def _locked(pk: int) -> ContactRequest | None:
    return ContactRequest.objects.select_for_update().filter(pk=pk).first()


def _open_request(pk: int) -> ContactRequest:
    """The request, locked until the end of the transaction. Whoever does something with it has read it."""
    request = _locked(pk)
    if request is None or not request.is_open or request.is_anonymised:
        raise RequestNotOpen
    _usable(request)
    _seen(request)
    return request


def _usable(request: ContactRequest) -> None:
    if not ContactRequest.objects.usable().filter(pk=request.pk).exists():
        raise RequestRestricted


def _seen(request: ContactRequest) -> None:
    if request.read_at is None:
        request.read_at = timezone.now()
        request.save(update_fields=["read_at"])


def _add(
    request: ContactRequest, kind: ThreadEntry.Kind, author_id: int | None, body: str, seen: int | None
) -> ThreadEntry:
    if seen is not None and request.entries.filter(pk__gt=seen).exists():
        raise ThreadHasGrown
    return ThreadEntry.objects.create(
        request=request, kind=kind, author_id=author_id, body=body, written_at=timezone.now()
    )


def _move(request: ContactRequest, status: ContactRequest.Status) -> None:
    """To another state, with the clocks that go with it."""
    for name, value in _moved_to(status).items():
        setattr(request, name, value)
    request.save(update_fields=["status", "last_activity_at", "closed_at", "spam_at"])


def _move_all(pks: Sequence[int], status: ContactRequest.Status, step: str, by: int | None) -> int:
    """Locked in one order, so that two of these at once wait for each other instead of failing."""
    moved = _moved_to(status)
    with transaction.atomic():
        rows = ContactRequest.objects.usable().filter(pk__in=pks, status__in=ContactRequest.OPEN, is_anonymised=False)
        locked = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        record_all(Action.MOVED, ContactRequest, locked, by=by, details=(step,))
        return ContactRequest.objects.filter(pk__in=locked).update(
            **moved, read_at=Coalesce("read_at", moved["last_activity_at"])
        )


def _moved_to(status: ContactRequest.Status) -> dict[str, Any]:
    """The state and its clocks, as columns."""
    now = timezone.now()
    return {
        "status": status,
        "last_activity_at": now,
        "closed_at": now if status == ContactRequest.Status.CLOSED else None,
        "spam_at": now if status == ContactRequest.Status.SPAM else None,
    }
