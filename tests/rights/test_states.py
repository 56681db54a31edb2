"""The states of a request: no way to an export or an erasure without a proof and a decision."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.letters.models import Letter
from privacy.links import single_use
from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention
from privacy.rights import intake, states
from privacy.rights.kinds import CLOSED, TRANSITIONS, Decision, Proof, Right, State
from privacy.rights.links import PROVE
from privacy.rights.models import CaseEvent, CaseFile, CaseParty, RightsRequest
from tests.rights.people import asked, proved, somebody

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("old", "new"), list(itertools.product(State, State)))
@pytest.mark.promise("P6.1")
def test_the_database_refuses_a_state_that_may_not_follow(old: State, new: State) -> None:
    if old is new:
        return
    request = _in_state(old)
    columns: dict[str, Any] = {"state": new, "closed_at": timezone.now() if new in CLOSED else None}
    columns |= {"proof": Proof.LINK, "decided_at": timezone.now(), "decision": Decision.GRANTED}
    allowed = new in TRANSITIONS[old]
    if allowed:
        RightsRequest.objects.filter(pk=request.pk).update(**columns)
    else:
        with pytest.raises(DatabaseError), transaction.atomic():
            RightsRequest.objects.filter(pk=request.pk).update(**columns)
    request.refresh_from_db()
    assert request.state == (new if allowed else old)


def _in_state(state: State) -> RightsRequest:
    """A request led there by the services alone."""
    request = asked() if state is State.UNPROVED else proved()
    way = {
        State.DOUBT: [State.DOUBT],
        State.TAKEN_BACK: [State.TAKEN_BACK],
    }.get(state, [])
    with transaction.atomic():
        if state in {State.GRANTED, State.DONE}:
            states.decide(request, Decision.GRANTED, by=None)
        if state is State.REFUSED:
            states.decide(request, Decision.REFUSED, by=None, refusal="12(5)")
        for step in [*way, *([State.DONE] if state is State.DONE else [])]:
            states.move(request, step)
    return request


@pytest.mark.promise("P6.1")
def test_nothing_is_granted_without_a_proof_or_a_decision() -> None:
    request = proved()
    for missing in ({"proof": ""}, {"decided_at": None}, {"decision": ""}):
        columns = {"proof": Proof.LINK, "decided_at": timezone.now(), "decision": Decision.GRANTED, **missing}
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=request.pk).update(state=State.GRANTED, **columns)


def test_only_an_objection_to_marketing_needs_no_proof() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=proved().pk).update(proof=Proof.NOT_NEEDED)


STEPS = ("prove", "doubt", "sure", "grant", "refuse", "done", "take back")


@settings(max_examples=60)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=8), right=st.sampled_from([Right.ACCESS, Right.QUESTION]))
@pytest.mark.promise("P6.1")
def test_whatever_is_tried_in_whatever_order_what_is_carried_out_was_proved_and_decided(
    steps: list[str], right: Right
) -> None:
    request = asked(right)
    tried: list[str] = []
    for step in steps:
        try:
            with transaction.atomic():
                _take(step, request.pk)
                tried.append(step)
        except (states.MovedOn, states.NotAllowed):
            continue
    request.refresh_from_db()
    if request.state == State.DONE:
        assert tried.index("prove") < tried.index("grant") < tried.index("done")
        assert request.proof
        assert request.decided_at
    assert (request.closed_at is not None) == (request.state in CLOSED)


def _take(step: str, pk: int) -> None:
    if step == "prove":
        request = RightsRequest.objects.get(pk=pk)
        token = single_use.mint(PROVE, request, subject_key=request.subject_key, life=timedelta(days=1))
        if request.state != State.UNPROVED:
            raise states.MovedOn
        intake.prove(token)
        return
    if step == "take back":
        intake.take_back(RightsRequest.objects.get(pk=pk))
        return
    if step == "done":
        states.done(pk)
        return
    request = states.locked(pk, among=list(State))
    if step == "grant":
        states.decide(request, Decision.GRANTED, by=None)
    elif step == "refuse":
        states.decide(request, Decision.REFUSED, by=None, refusal="12(5)")
    else:
        states.move(request, State.DOUBT if step == "doubt" else State.OPEN)


def test_of_two_who_saw_the_same_page_one_wins_and_the_other_is_told() -> None:
    request = proved()
    seen = request.version
    with transaction.atomic():
        states.decide(states.locked(request.pk, among=[State.OPEN], seen=seen), Decision.GRANTED, by=None)
    with pytest.raises(states.MovedOn), transaction.atomic():
        states.locked(request.pk, among=list(State), seen=seen)


def test_a_pause_moves_the_legal_date_by_the_days_it_lasted() -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        request = proved()
        assert str(request.due_on) == "2026-04-02"
    with time_machine.travel("2026-03-10T10:00:00Z", tick=False):
        states.pause(request)
    with time_machine.travel("2026-03-14T10:00:00Z", tick=False):
        states.resume(request)
    request.refresh_from_db()
    assert (str(request.due_on), request.paused_days, request.paused_at) == ("2026-04-07", 4, None)  # The 6th: Easter.


def test_a_request_that_is_refused_while_the_clock_stands_is_not_late() -> None:
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        request = proved()
    with time_machine.travel("2026-03-10T10:00:00Z", tick=False), transaction.atomic():
        states.move(request, State.DOUBT)
        states.pause(request)

    with time_machine.travel("2026-05-11T10:00:00Z", tick=False), transaction.atomic():
        states.decide(request, Decision.REFUSED, by=None, refusal="12(2)")

    request.refresh_from_db()
    assert (str(request.due_on), request.paused_days, request.paused_at) == ("2026-06-03", 62, None)


def test_one_form_sent_twice_is_one_request() -> None:
    submission = uuid.uuid4()
    first = asked(submission=submission)
    assert asked(submission=submission).pk == first.pk
    assert Letter.objects.filter(kind="privacy.rights-received", record_id=first.pk).count() == 1


@pytest.mark.promise("P3.4")
def test_a_request_whose_address_is_never_proved_is_gone_after_seven_days() -> None:
    request = asked()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        assert intake.remind_unproved() == 1
        assert intake.remind_unproved() == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        enforce_retention(RetentionRun.Trigger.COMMAND)
    assert not RightsRequest.objects.filter(pk=request.pk).exists()
    assert not CaseFile.objects.exists()
    assert not CaseEvent.objects.exists()


@pytest.mark.promise("P3.4")
def test_the_content_goes_thirty_days_after_closing_and_the_record_after_five_years() -> None:
    party = intake.Party(CaseParty.Role.REPRESENTATIVE, "Bob", somebody())
    request = proved(parties=[party])
    intake.take_back(request)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        enforce_retention(RetentionRun.Trigger.COMMAND)
        assert not CaseFile.objects.exists()
        assert not CaseParty.objects.exists()
        assert RightsRequest.objects.get(pk=request.pk).state == State.TAKEN_BACK
    with time_machine.travel(timezone.now() + timedelta(days=5 * 366), tick=False):
        enforce_retention(RetentionRun.Trigger.COMMAND)
        assert not RightsRequest.objects.exists()
