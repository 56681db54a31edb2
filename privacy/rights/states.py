"""The one place where a rights request changes its state, and where it is asked whether it may.

Whoever acts on a request locks its row first, and says which version they had before their eyes: of two people, or two
workers, at once, one wins and the other gets MovedOn. Locks, in the order everybody takes them: the holds, the request,
what is held. The database refuses by a trigger any state that may not follow, and by a constraint an export or an
erasure without a proof and a decision.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from privacy.letters.queue import queue_letter
from privacy.officer import NOBODY
from privacy.rights.deadlines import due_on
from privacy.rights.kinds import CLOSED, TRANSITIONS, Decision, State
from privacy.rights.letters import EVENT, OFFICER_NEWS
from privacy.rights.models import CaseEvent, RightsRequest

Kind = CaseEvent.Kind


_followers: list[Callable[[RightsRequest], None]] = []


def when_moved(follow: Callable[[RightsRequest], None]) -> None:
    """Have this called with each request that has changed its state, in the transaction that changes it.

    For rooms that rest on this one, and that it doesn't know.
    """
    _followers.append(follow)


class MovedOn(Exception):
    """Somebody, or a worker, was quicker: the request is not as it was when it was looked at."""


class NotAllowed(Exception):
    """This step may not be taken; the message says why, for staff."""


def locked(request_pk: int, *, among: Iterable[State], seen: int | None = None) -> RightsRequest:
    """The request, locked until the end of the caller's transaction.

    Raises MovedOn when it is gone, in another state than those, or of another version than `seen`.
    """
    request = RightsRequest.objects.select_for_update().filter(pk=request_pk).first()
    if request is None or request.state not in set(among) or (seen is not None and request.version != seen):
        raise MovedOn
    return request


def move(request: RightsRequest, to: State, **columns: Any) -> None:
    """Write another state of a locked request, with the columns that go with it. Raises MovedOn."""
    if to not in TRANSITIONS[State(request.state)]:
        raise MovedOn
    if to in CLOSED:
        resume(request)  # The days it stood count: what is closed meanwhile is not late for them.
        columns = {"closed_at": timezone.now(), "unproved_until": None, **columns}
    request.state = to
    change(request, state=to, **columns)
    for follow in _followers:
        follow(request)


def change(request: RightsRequest, **columns: Any) -> None:
    """Write columns of a locked request, and raise its version."""
    if "due_on" in columns:
        columns["warned"] = None  # Another date: the officer's reminders begin anew.
    for name, value in columns.items():
        setattr(request, name, value)
    request.version += 1
    request.save(update_fields=[*columns, "version"])


def add_event(
    request: RightsRequest, kind: Kind, *, by: int | None = None, note: str = "", shown: bool = True
) -> CaseEvent | None:
    """Put one more line into the case file; None when its time has come and it is gone. Raises the version."""
    file = request.content
    if file is None:
        return None
    RightsRequest.objects.filter(pk=request.pk).update(version=request.version + 1)
    request.version += 1
    return CaseEvent.objects.create(file=file, kind=kind, at=timezone.now(), by_id=by, note=note, shown=shown)


def decide(request: RightsRequest, decision: Decision, *, by: int | None, refusal: str = "", note: str = "") -> None:
    """Write the decision on a locked request: granted, whole or in part, or refused. Raises MovedOn, NotAllowed.

    `by` is empty for what the law leaves nothing to decide about.
    """
    refused = decision is Decision.REFUSED
    if not refused and not request.proof:
        raise NotAllowed("Nothing is granted before it is known who asks.")
    now = timezone.now()
    move(
        request,
        State.REFUSED if refused else State.GRANTED,
        decision=decision,
        refusal=refusal,
        decided_at=now,
        decided_by_id=by,
    )
    add_event(request, Kind.REFUSED if refused else Kind.GRANTED, by=by, note=note)


def done(request_pk: int, *, note: str = "", tell: bool = True) -> RightsRequest:
    """Close a request that was granted, in the transaction that makes its result durable. Raises MovedOn.

    MovedOn means here that another worker has carried it out: the caller's transaction must be rolled back. Its person
    is told by mail, with the note, unless the right has a letter of its own.
    """
    request = locked(request_pk, among=[State.GRANTED])
    move(request, State.DONE)
    event = add_event(request, Kind.DONE, note=note)
    if tell and event is not None:
        tell_person(request, event)
    return request


def tell_person(request: RightsRequest, event: CaseEvent) -> None:
    """Queue the mail about an event, in the caller's transaction."""
    queue_letter(EVENT, event, subject_key=request.subject_key)


def tell_officer(event: CaseEvent | None) -> None:
    """Queue the mail that says something came, in the caller's transaction; it is about nobody but a reference."""
    if event is not None:
        queue_letter(OFFICER_NEWS, event, subject_key=NOBODY)


def pause(request: RightsRequest) -> None:
    """The clock stands, for a reasoned doubt on record alone (décret 2019-536 art. 77). Paused already: no change."""
    if request.paused_at is None:
        change(request, paused_at=timezone.now())


def resume(request: RightsRequest) -> None:
    """The clock runs again: the legal date moves by the days it stood."""
    if request.paused_at is not None:
        stood = days_between(request.paused_at, timezone.now())
        day = legal_date(request, paused_days=stood)
        change(request, paused_at=None, paused_days=request.paused_days + stood, due_on=day)


def legal_date(request: RightsRequest, *, extended: bool = False, paused_days: int = 0) -> date:
    """The last day for the answer, in Paris (GDPR Art. 12(3)), once it is extended, or the clock stood so long more."""
    return due_on(
        request.received_at,
        extended=extended or request.extended_at is not None,
        paused_days=request.paused_days + paused_days,
    )


def days_between(start: datetime, end: datetime) -> int:
    """Calendar days in Paris."""
    return (timezone.localdate(end) - timezone.localdate(start)).days
