"""A hold is evidence: the database lets it be lifted once, or stand for longer, and lets nothing else become of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from privacy.holds.models import HeldRows, Hold, HoldReview
from privacy.holds.services import extend, lift, place_on_person
from tests.desk.desk import member

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
NOW = timezone.now()
SOON = NOW + timedelta(days=30)


def hold(**fields: Any) -> Hold:
    placed = Hold(**{"ground": "17(3)(e)", "reason": "Case 12.", "review_on": SOON.date(), "until": SOON, **fields})
    return place_on_person(placed, "zoe@example.com")


def refused(**changed: Any) -> bool:
    try:
        with transaction.atomic():
            Hold.objects.update(**changed)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "Another."},
        {"ground": "17(3)(b)"},
        {"placed_at": NOW - timedelta(days=1)},
        {"until": SOON - timedelta(seconds=1)},
        {"until": SOON + timedelta(days=1), "reason": "Another."},
        {"lifted_because": "Never."},
        {"lifted_at": NOW, "lifted_because": "Settled.", "until": SOON + timedelta(days=1)},
    ],
    ids=", ".join,
)
def test_what_was_decided_is_never_rewritten(changed: dict[str, Any]) -> None:
    hold()

    assert refused(**changed)


def test_one_that_stands_until_it_is_lifted_gets_no_end() -> None:
    hold(until=None)

    assert refused(until=SOON)


def test_it_may_stand_for_longer() -> None:
    placed = hold()
    later = SOON + timedelta(days=1)

    extend(placed.pk, by=None, because="Appealed.", until=later, review_on=later.date())

    assert Hold.objects.get().until == later


def test_it_is_lifted_once_and_never_again_nor_back() -> None:
    placed = hold()
    lift(placed.pk, by=None, because="Settled.")

    assert refused(lifted_at=None)
    assert refused(lifted_because="Something else.")
    assert refused(lifted_at=NOW)
    assert refused(until=SOON + timedelta(days=1))


def test_neither_a_hold_nor_what_it_keeps_is_taken_away() -> None:
    hold()

    for rows in (Hold.objects.all(), HeldRows.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        HeldRows.objects.update(subject_key="k:another")


def test_the_account_of_whoever_decided_may_go() -> None:
    officer = member("DPO")
    placed = hold(placed_by=officer)
    extend(placed.pk, by=officer.pk, because="Appealed.", until=SOON, review_on=SOON.date())
    lift(placed.pk, by=officer, because="Settled.")

    officer.delete()

    assert Hold.objects.filter(placed_by=None, lifted_by=None).exists()
    assert HoldReview.objects.filter(by=None).exists()
