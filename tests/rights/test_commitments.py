"""What is promised about rights requests turns red on a breach, and green again."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from privacy.commitments.frame import all_commitments
from privacy.rights import states
from privacy.rights.intake import take_back
from privacy.rights.kinds import Decision, State
from tests.rights.people import proved

pytestmark = pytest.mark.django_db


def kept(name: str) -> bool:
    return next(one for one in all_commitments() if one.name == name).check(timezone.now()).kept


@pytest.mark.promise("P6.1")
def test_an_answer_that_is_late_is_seen_and_one_whose_clock_stands_is_not() -> None:
    request, doubtful = proved(), proved()
    with transaction.atomic():
        states.pause(doubtful)
    assert kept("rights-in-time")
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert not kept("rights-in-time")
        take_back(request)
        assert kept("rights-in-time")


def test_what_was_granted_and_is_not_carried_out_within_a_day_is_seen() -> None:
    request = proved()
    with transaction.atomic():
        states.decide(states.locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    assert kept("rights-carried-out")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert not kept("rights-carried-out")
        with transaction.atomic():
            states.done(request.pk)
        assert kept("rights-carried-out")
