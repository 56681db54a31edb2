"""How a request comes in: by the form or by the officer's hand; how its address is proved; how it is taken back.

The clock runs from the receipt, whatever is still to be proved (GDPR Art. 12(3)). What the form writes is the same for
every address, in the same statements: whether anything is held under it is looked up later, out of the visitor's sight.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from privacy.audit.services import Action, record
from privacy.broker import poke_once_committed
from privacy.holds.keeping import keep_holds_still
from privacy.letters.queue import queue_letter
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.rights.carrying_out import carriers
from privacy.rights.deadlines import due_on
from privacy.rights.kinds import PROVES_NOTHING, Channel, Decision, Proof, Right, State
from privacy.rights.letters import RECEIVED, REMINDER
from privacy.rights.links import PROVE
from privacy.rights.models import CaseEvent, CaseFile, CaseParty, RightsRequest
from privacy.rights.states import MovedOn, add_event, decide, locked, move, tell_officer
from privacy.subjects import subject_key

Kind = CaseEvent.Kind
REMIND_AFTER = timedelta(days=3)


class Party(NamedTuple):
    """Somebody else whom a request names; `email` may be empty."""

    role: CaseParty.Role
    name: str
    email: str = ""
    capacity: str = ""


def submit(
    right: Right,
    *,
    name: str,
    email: str,
    language: str,
    object: str = "",  # The policy's own word (P6.2).
    context: str = "",
    details: Mapping[str, Any] | None = None,
    parties: Iterable[Party] = (),
    submission: UUID | None = None,
) -> RightsRequest:
    """Write what a visitor asked for with the form, and queue the mail that proves their address; one transaction.

    An objection to marketing acts now (P5.5). The same `submission` again is the same request.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            request = _write(
                right,
                channel=Channel.FORM,
                name=name,
                email=email,
                language=language,
                received_at=now,
                unproved_until=now + RightsRequest.PROVE_WITHIN,
                submission=submission,
                object=object,
                context=context,
                details=details,
                parties=parties,
            )
            carrier = carriers.of(request)
            if right in PROVES_NOTHING and carrier is not None:
                move(request, State.OPEN, proof=Proof.NOT_NEEDED, unproved_until=None)
                if carrier.at_once(request):
                    _settle(request)
            else:
                queue_to_stranger(RECEIVED, request, subject_key=request.subject_key, apart="rights")
    except IntegrityError:
        known = RightsRequest.objects.filter(submission=submission).first() if submission else None
        if known is None:
            raise
        return known
    return request


def enter(
    right: Right,
    *,
    by: int,
    channel: Channel,
    received_at: datetime,
    name: str,
    email: str,
    language: str,
    proof_seen: str = "",
    object: str = "",
    context: str = "",
    details: Mapping[str, Any] | None = None,
    parties: Iterable[Party] = (),
) -> RightsRequest:
    """Write a request that came another way, with its own date of receipt (P6.1), by the hand of the officer `by`.

    With `proof_seen`, in words, it is proved; otherwise the address gets the link that proves it.
    """
    with transaction.atomic():
        keep_holds_still()
        request = _write(
            right,
            channel=channel,
            name=name,
            email=email,
            language=language,
            received_at=received_at,
            unproved_until=None,  # What the officer entered is not erased because a link was not used.
            object=object,
            context=context,
            details=details,
            parties=parties,
            proof_seen=proof_seen,
            by=by,
        )
        record(Action.ADDED, request, by=by, details=("entered",))
        if proof_seen or right in PROVES_NOTHING:
            _prove(request, Proof.SEEN if proof_seen else Proof.NOT_NEEDED, by=by, note=proof_seen)
        elif email:
            queue_letter(RECEIVED, request, subject_key=request.subject_key)
    return request


def prove(token: str) -> RightsRequest | None:
    """The person pressed the button of the page their mail led to: the address is theirs.

    None, and nothing written, for a link that is unknown, used or too old.
    """
    with transaction.atomic():
        keep_holds_still()
        link = single_use.use(PROVE, token)
        if link is None:
            return None
        try:
            request = locked(link.record_id, among=[State.UNPROVED])
        except MovedOn:
            return RightsRequest.objects.filter(pk=link.record_id).first()
        _prove(request, Proof.LINK)
    return request


def record_proof(request_pk: int, *, by: int, seen: int, proof_seen: str) -> RightsRequest:
    """The officer has seen another proof of who asks, and says which. Raises MovedOn."""
    with transaction.atomic():
        keep_holds_still()
        request = locked(request_pk, among=[State.UNPROVED], seen=seen)
        CaseFile.objects.filter(request=request).update(proof_seen=proof_seen)
        _prove(request, Proof.SEEN, by=by, note=proof_seen)
        record(Action.MOVED, request, by=by, details=("proof",))
    return request


def take_back(request: RightsRequest, *, by: int | None = None, seen: int | None = None) -> None:
    """The person no longer wants it. Raises MovedOn once it is granted or closed, or of another version than `seen`."""
    with transaction.atomic():
        request = locked(request.pk, among=[State.UNPROVED, State.OPEN, State.DOUBT], seen=seen)
        move(request, State.TAKEN_BACK)
        add_event(request, Kind.TAKEN_BACK, by=by)
        if by is not None:  # Its person takes it back by the link.
            record(Action.MOVED, request, by=by, details=("taken back",))


def remind_unproved(now: datetime | None = None) -> int:
    """Send the one reminder to those whose address is still to be proved after three days. Returns how many."""
    now = now or timezone.now()
    told = 0
    waiting = RightsRequest.objects.filter(
        state=State.UNPROVED,
        reminded_at=None,
        unproved_until__gt=now,
        unproved_until__lte=now + RightsRequest.PROVE_WITHIN - REMIND_AFTER,
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            if RightsRequest.objects.filter(pk=pk, reminded_at=None, state=State.UNPROVED).update(reminded_at=now):
                request = RightsRequest.objects.get(pk=pk)
                queue_to_stranger(REMINDER, request, subject_key=request.subject_key, apart="rights")
                told += 1
    return told


def _write(
    right: Right,
    *,
    channel: Channel,
    name: str,
    email: str,
    language: str,
    received_at: datetime,
    unproved_until: datetime | None,
    object: str,
    context: str,
    details: Mapping[str, Any] | None,
    parties: Iterable[Party],
    submission: UUID | None = None,
    proof_seen: str = "",
    by: int | None = None,
) -> RightsRequest:
    key = subject_key(email) if email else ""
    request = RightsRequest.objects.create(
        right=right,
        channel=channel,
        language=language,
        subject_key=key,
        submission=submission,
        received_at=received_at,
        unproved_until=unproved_until,
        due_on=due_on(received_at),
    )
    file = CaseFile.objects.create(
        request=request,
        subject_key=key,
        name=name,
        email=email,
        object=object,
        context=context,
        details=dict(details or {}),
        proof_seen=proof_seen,
    )
    for party in parties:
        CaseParty.objects.create(
            file=file,
            role=party.role,
            name=party.name,
            email=party.email,
            subject_key=subject_key(party.email) if party.email else "",
            capacity=party.capacity,
        )
    CaseEvent.objects.create(file=file, kind=Kind.SUBMITTED, at=received_at, by_id=by)
    return request


def _prove(request: RightsRequest, proof: Proof, *, by: int | None = None, note: str = "") -> None:
    move(request, State.OPEN, proof=proof, proved_at=timezone.now(), unproved_until=None)
    event = add_event(request, Kind.PROVED, by=by, note=note)
    if by is None:
        tell_officer(event)
    carrier = carriers.of(request)
    if carrier is not None and carrier.at_once(request):
        _settle(request)


def _settle(request: RightsRequest) -> None:
    """What the law leaves nothing to decide about is granted and done in one transaction, by nobody's decision."""
    decide(request, Decision.GRANTED, by=None)
    move(request, State.DONE)
    add_event(request, Kind.DONE)


def carry_out_soon() -> None:
    """Poke a worker once the caller's transaction is committed; beat's sweep finds what was not said."""
    from privacy.rights.tasks import carry_out_rights

    poke_once_committed(carry_out_rights)
