"""What the officer does with a request: each step in one transaction, on the version they had before their eyes, and in
the trail (P7.2).

Each raises states.MovedOn when somebody was quicker, states.NotAllowed when the step may not be taken.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.audit.services import Action, record
from privacy.rights.carrying_out import carriers
from privacy.rights.deadlines import may_extend
from privacy.rights.intake import carry_out_soon
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import (
    MovedOn,
    NotAllowed,
    add_event,
    change,
    decide,
    legal_date,
    locked,
    move,
    tell_person,
)

Kind = CaseEvent.Kind
PROVED = (State.OPEN, State.DOUBT, State.GRANTED, State.DONE, State.REFUSED)
"""States in which the officer's words may go to the address: it is known whose it is."""
RUNNING = (State.UNPROVED, State.OPEN, State.DOUBT)


def write(pk: int, *, by: int, seen: int, words: str) -> None:
    """A message to the person, by mail and on their page."""
    with transaction.atomic():
        request = locked(pk, among=PROVED, seen=seen)
        _tell(request, Kind.ANSWER, by, words)
        record(Action.CHANGED, request, by=by, details=("message",))


def add_note(pk: int, *, by: int, seen: int, words: str) -> None:
    """A note among staff: it is part of the file, and goes with it."""
    with transaction.atomic():
        request = locked(pk, among=State, seen=seen)
        if add_event(request, Kind.NOTE, by=by, note=words, shown=False) is None:
            raise MovedOn
        record(Action.CHANGED, request, by=by, details=("note",))


def extend(pk: int, *, by: int, seen: int, reasons: str, now: datetime | None = None) -> None:
    """Three months from receipt instead of one, for what is complex, said within the first (GDPR Art. 12(3))."""
    now = now or timezone.now()
    with transaction.atomic():
        request = locked(pk, among=RUNNING, seen=seen)
        if request.extended_at is not None:
            raise NotAllowed(_("It was extended already: the law allows it once."))
        if not may_extend(request.received_at, now, request.paused_days):
            raise NotAllowed(_("The first month is over: the law no longer allows to extend."))
        change(request, extended_at=now, due_on=legal_date(request, extended=True))
        _tell(request, Kind.EXTENDED, by, reasons)
        record(Action.CHANGED, request, by=by, details=("extended",))


def grant(pk: int, *, by: int, seen: int, partly: str = "", words: str = "") -> None:
    """Grant it; a worker carries it out. `partly` is the ground on which a part is refused."""
    with transaction.atomic():
        request = locked(pk, among=[State.OPEN], seen=seen)
        carrier = carriers.of(request)
        if carrier is None:
            raise NotAllowed(_("A question is answered, not granted."))
        if unready := carrier.unready(request):
            raise NotAllowed(str(unready))
        decide(request, Decision.PARTLY if partly else Decision.GRANTED, by=by, refusal=partly, note=words)
        if request.right != Right.ERASURE:  # It would take the letter along: the receipt says these words.
            _tell_last(request, Kind.GRANTED)
        record(Action.MOVED, request, by=by, details=("granted in part" if partly else "granted",))
        carry_out_soon()


def answer(pk: int, *, by: int, seen: int, words: str) -> None:
    """Answer a confidential question, and close it (P6.1)."""
    with transaction.atomic():
        request = locked(pk, among=[State.OPEN], seen=seen)
        if request.right != Right.QUESTION:
            raise NotAllowed(_("A right is granted or refused, not only answered."))
        move(request, State.GRANTED, decision=Decision.ANSWERED, decided_at=timezone.now(), decided_by_id=by)
        _tell(request, Kind.ANSWER, by, words)
        move(request, State.DONE)
        record(Action.MOVED, request, by=by, details=("answered",))


def refuse(pk: int, *, by: int, seen: int, ground: str, words: str) -> None:
    """Refuse it, with the reason, and where to complain and go to court (GDPR Art. 12(4))."""
    with transaction.atomic():
        request = locked(pk, among=[State.OPEN, State.DOUBT], seen=seen)
        decide(request, Decision.REFUSED, by=by, refusal=ground, note=words)
        _tell_last(request, Kind.REFUSED)
        record(Action.MOVED, request, by=by, details=("refused",))


def requalify(pk: int, *, by: int, seen: int, right: str) -> None:
    """People can't be asked to know the law: the officer puts a request under the right that it is about."""
    with transaction.atomic():
        request = locked(pk, among=RUNNING, seen=seen)
        if right == request.right:
            return
        before = request.get_right_display()
        change(request, right=right)
        note = f"{before} → {request.get_right_display()}"
        add_event(request, Kind.NOTED, by=by, note=note, shown=False)
        record(Action.CHANGED, request, by=by, details=("right",))


def _tell_last(request: RightsRequest, kind: CaseEvent.Kind) -> None:
    """What was just decided, by mail; nobody without an address can be told so."""
    event = CaseEvent.objects.filter(file__request=request, kind=kind).exclude(file__email="").last()
    if event is not None:
        tell_person(request, event)


def _tell(request: RightsRequest, kind: CaseEvent.Kind, by: int, words: str) -> None:
    event = add_event(request, kind, by=by, note=words)
    if event is None:
        raise MovedOn
    if event.file.email:
        tell_person(request, event)
