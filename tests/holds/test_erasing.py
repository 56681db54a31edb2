"""What a hold keeps of somebody who was erased is kept for that alone, and goes as soon as the hold is over (P5.3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from privacy.declarations import KeptGround
from privacy.erasure import erase_person
from privacy.holds.models import Hold
from privacy.holds.services import place_on_person, place_on_record
from privacy.models import Consent, RetentionRun
from privacy.registry import registry
from privacy.restrictions.models import Ground, Restriction
from privacy.restrictions.services import Scope, place
from privacy.retention.engine import enforce_retention
from tests.consents.people import ZOE, wrote
from tests.prospects.people import confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.3")]
END = timezone.now() + timedelta(days=20)


def hold(**fields: Any) -> Hold:
    return Hold(**{"ground": KeptGround.CLAIMS, "reason": "Case 12.", "review_on": timezone.localdate(), **fields})


def purge() -> None:
    assert enforce_retention(RetentionRun.Trigger.COMMAND).outcome == RetentionRun.Outcome.DONE


def on_the_person() -> None:
    place_on_person(hold(until=END), ZOE)


def on_each_record() -> None:
    for row in (ContactRequest.objects.get(), Prospect.objects.get()):
        place_on_record(hold(until=END), registry.table(type(row)), row.pk)


@pytest.mark.parametrize("held", [on_the_person, on_each_record])
def test_nothing_is_done_any_more_with_what_a_hold_keeps_of_somebody_erased(held: Callable[[], None]) -> None:
    wrote()
    confirmed()
    held()

    erase_person(ZOE)

    assert (ContactRequest.objects.get().email, Prospect.objects.get().email) == (ZOE, ZOE)
    assert not Consent.objects.live().exists()
    assert not Prospect.objects.confirmed().exists()
    assert ContactRequest.objects.get().status == ContactRequest.Status.CLOSED


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize("held", [on_the_person, on_each_record])
def test_it_goes_the_night_after_the_hold_has_ended(held: Callable[[], None]) -> None:
    wrote()
    confirmed()
    held()
    erase_person(ZOE)
    purge()
    meanwhile = (ContactRequest.objects.get().email, Prospect.objects.count())

    with time_machine.travel(END):
        purge()

    assert meanwhile == (ZOE, 1)
    assert ContactRequest.objects.get().is_anonymised
    assert not Prospect.objects.exists()


@pytest.mark.promise("P5.4")
def test_what_its_person_asked_to_have_kept_is_closed_by_their_erasure_too() -> None:
    wrote()
    place(Restriction(ground=Ground.CLAIMS, reason="Claim", review_on=timezone.localdate()), Scope(address=ZOE))

    erase_person(ZOE)

    request = ContactRequest.objects.get()
    assert (request.email, request.status) == (ZOE, ContactRequest.Status.CLOSED)
    assert not Consent.objects.live().exists()
