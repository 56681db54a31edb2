"""A legal date that has moved is reminded of like any other, though the officer was reminded of the one before."""

from typing import Any

import pytest
import time_machine
from django.db import transaction

from privacy.rights import states
from privacy.rights.desk.reminders import remind_officer
from privacy.rights.desk.services import extend
from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest
from tests.desk.desk import member
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]


def on(day: str) -> Any:
    return time_machine.travel(f"{day}T09:00:00Z", tick=False)


def reminded_three_days_before() -> RightsRequest:
    with on("2026-03-02"):
        request = proved()
    with on("2026-03-30"):
        assert remind_officer() == 1
    request.refresh_from_db()
    return request


def test_after_an_extension_the_officer_is_reminded_of_the_new_date_at_each_step() -> None:
    request = reminded_three_days_before()
    with on("2026-03-31"):
        extend(request.pk, by=member("DPO").pk, seen=request.version, reasons="Ten years of letters")

    told = []
    for day in ("2026-05-22", "2026-05-23", "2026-05-30", "2026-06-02"):
        with on(day):
            told.append(remind_officer())

    assert told == [0, 1, 1, 1]


def test_after_the_clock_stood_the_officer_is_reminded_of_the_new_date_at_each_step() -> None:
    request = reminded_three_days_before()
    with on("2026-03-31"), transaction.atomic():
        states.pause(states.locked(request.pk, among=State))
    with on("2026-04-20"), transaction.atomic():
        states.resume(states.locked(request.pk, among=State))
    assert str(RightsRequest.objects.get().due_on) == "2026-04-22"

    told = []
    for day in ("2026-04-20", "2026-04-22"):
        with on(day):
            told.append(remind_officer())

    assert told == [1, 1]
