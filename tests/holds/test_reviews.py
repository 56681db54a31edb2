"""A hold is looked at again in time: the officer is reminded, and extends it with a reason, or lifts it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from contact.models import ContactRequest
from privacy.holds.models import Hold, HoldReview
from privacy.holds.reminders import compose, remind_of_holds
from privacy.holds.services import place_on_record
from privacy.letters.models import Letter
from privacy.registry import registry
from tests.desk.desk import INBOX, member, page_of, request, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.6")]
MARK = "held: not erased for now"


def stands(days: int = 3, **fields: object) -> Hold:
    review_on = timezone.localdate() + timedelta(days=days)
    return Hold.objects.create(**{"ground": "17(3)(e)", "reason": "Case 12.", "review_on": review_on, **fields})


@pytest.mark.parametrize(("days", "told"), [(8, 0), (7, 1), (0, 1), (-3, 1)])
def test_the_officer_is_reminded_a_week_before_and_once(days: int, told: int) -> None:
    hold = stands(days)

    numbers = (remind_of_holds(), remind_of_holds())

    assert numbers == (told, 0)
    assert Letter.objects.filter(kind="privacy.hold-review", record_id=hold.pk).count() == told


def test_the_reminder_goes_to_the_officer_and_says_which_hold() -> None:
    message = compose(stands())

    assert message is not None
    assert message.to == "privacy@customer-labs.com"
    assert f"/admin/privacy/hold/{Hold.objects.get().pk}/change/" in message.body


def test_nobody_is_reminded_of_a_hold_that_was_lifted() -> None:
    hold = stands(lifted_at=timezone.now(), lifted_because="Settled.")

    assert (remind_of_holds(), compose(hold)) == (0, None)


def test_an_extension_keeps_what_stood_before_and_is_never_rewritten() -> None:
    hold = stands()
    later = timezone.localdate() + timedelta(days=90)
    page = f"/admin/privacy/hold/{hold.pk}/change/"

    answer = signed_in(member("DPO")).post(page, {"still_because": "Appealed.", "new_review_on": later.isoformat()})

    assert answer.status_code == 302
    review = HoldReview.objects.get()
    assert (review.because, review.review_before, review.review_on) == ("Appealed.", hold.review_on, later)
    extended = Hold.objects.get()
    assert (extended.review_on, extended.stands, extended.reason) == (later, True, "Case 12.")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        HoldReview.objects.update(because="Rewritten")


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"still_because": "x", "lifted_because": "y"},
        {"still_because": "x"},
        {"still_because": "x", "new_review_on": "2020-01-01"},
        {"still_because": "x", "new_review_on": "2090-01-02", "new_until": "2090-01-01"},
    ],
    ids=str,
)
def test_what_is_wrong_is_told_and_the_hold_stays_as_it_was(typed: dict[str, str]) -> None:
    hold = stands()

    answer = signed_in(member("DPO")).post(f"/admin/privacy/hold/{hold.pk}/change/", typed)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not HoldReview.objects.exists()
    assert Hold.objects.get().review_on == hold.review_on


def test_the_desk_marks_a_request_that_a_hold_keeps() -> None:
    kept, other = request(email="kept@example.com"), request(email="other@example.com")
    place_on_record(
        Hold(ground="17(3)(e)", reason="x", review_on=timezone.localdate()), registry.table(ContactRequest), kept.pk
    )
    staff = signed_in(member())

    marks = [MARK in staff.get(page_of(shown)).content.decode() for shown in (kept, other)]

    assert marks == [True, False]
    assert staff.get(INBOX).content.decode().count(MARK) == 1
