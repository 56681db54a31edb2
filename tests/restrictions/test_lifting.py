"""Lifting takes a reason, and its person is told before (GDPR Art. 18(3)); a restriction is looked at again in time."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from contact.models import ContactRequest
from privacy.commitments.frame import all_commitments
from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from privacy.models import PolicyNotice, PolicyVersion
from privacy.policy.announcing import announce, work_off_announcements
from privacy.restrictions.models import Restriction, RestrictionUse
from privacy.restrictions.services import RestrictionRefused, announce_lifting, lift, lift_announced
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member, signed_in
from tests.privacy.planting import database
from tests.restrictions.test_stored_and_nothing_else import restrict

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.4")]
PAGES = "/admin/privacy/restriction/"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_it_is_announced_then_lifted_on_the_announced_day_once_the_letter_has_left() -> None:
    wrote()
    restriction = restrict()
    mail.outbox.clear()

    announce_lifting(restriction.pk, by=None, because="Le montant est exact.", on=in_days(7))
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert lift_announced() == 0
        deliver_due()
        assert lift_announced() == 1
        assert lift_announced() == 0

    told = [str(letter.body) for letter in mail.outbox if "Le montant est exact." in letter.body]
    assert len(told) == 1
    assert "est contestée" in told[0]
    restriction.refresh_from_db()
    assert restriction.lifted_at is not None
    assert restriction.told_at is not None
    assert ContactRequest.objects.usable().count() == 1


def test_before_the_announced_day_nobody_lifts_it() -> None:
    wrote()
    restriction = restrict()
    announce_lifting(restriction.pk, by=None, because="Settled.", on=in_days(7))
    deliver_due()

    assert lift_announced() == 0
    with pytest.raises(RestrictionRefused):
        lift(restriction.pk, told_how="By telephone.")

    assert Restriction.objects.standing().count() == 1


@pytest.mark.parametrize(("because", "days"), [("", 7), ("  ", 7), ("Settled.", 0), ("Settled.", -1)])
def test_without_a_reason_or_a_later_day_nothing_is_announced(because: str, days: int) -> None:
    restriction = restrict()

    with pytest.raises(RestrictionRefused):
        announce_lifting(restriction.pk, by=None, because=because, on=in_days(days))

    assert not Letter.objects.filter(kind="privacy.restriction-lifting").exists()


def test_who_can_not_be_reached_is_told_otherwise_and_how_is_kept() -> None:
    restriction = restrict("nobody.known@example.com")
    announce_lifting(restriction.pk, by=None, because="Settled.", on=in_days(1))
    deliver_due()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        with pytest.raises(RestrictionRefused):
            lift(restriction.pk)
        lift(restriction.pk, told_how="By post, on the 3rd.")

    assert Restriction.objects.get().told_how == "By post, on the 3rd."


def test_the_database_lifts_nothing_of_which_nobody_was_told() -> None:
    restriction = restrict()

    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.filter(pk=restriction.pk).update(lifted_at=timezone.now())


@pytest.mark.promise("P12.2")
def test_a_change_of_the_policy_waits_for_who_is_restricted_and_comes_at_lifting() -> None:
    wrote()
    wrote("other@example.com")
    restriction = restrict()
    version = PolicyVersion.objects.create(
        effective_from=date(2026, 1, 1), is_important=True, changes_fr="Du neuf.", text_fr="<p>Une</p>", digest="0"
    )
    announce(version)

    work_off_announcements()
    waiting = Letter.objects.filter(kind="privacy.policy_changed").count()
    notices = PolicyNotice.objects.count()
    announce_lifting(restriction.pk, by=None, because="Settled.", on=in_days(1))
    deliver_due()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        lift_announced()

    assert (notices, waiting) == (2, 1)
    assert Letter.objects.filter(kind="privacy.policy_changed").count() == 2


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("days", "kept"), [(0, True), (-1, False)])
def test_a_restriction_that_nobody_reviewed_turns_a_commitment_red(days: int, kept: bool) -> None:
    restriction = restrict()
    Restriction.objects.filter(pk=restriction.pk).update(review_on=in_days(days))
    commitment = next(each for each in all_commitments() if each.name == "restrictions-reviewed")

    assert commitment.check(timezone.now()).kept is kept


def typed(**changes: Any) -> dict[str, Any]:
    inline = {"uses-TOTAL_FORMS": "0", "uses-INITIAL_FORMS": "0"}
    return {**inline, **changes}


@pytest.mark.promise("P7.1")
def test_the_officer_places_one_records_a_use_announces_and_lifts() -> None:
    wrote()
    dpo = signed_in(member("DPO"))
    placed = dpo.post(
        f"{PAGES}add/",
        typed(
            address="typed.only@example.com",
            purpose="purpose:contact",
            table="",
            record="",
            ground="18(1)(a)",
            reason="The date is contested.",
            review_on=in_days(90).isoformat(),
        ),
    )
    restriction = Restriction.objects.get()
    page = f"{PAGES}{restriction.pk}/change/"
    use = {"uses-TOTAL_FORMS": "1", "uses-0-ground": "claims", "uses-0-because": "Shown to the court."}
    dpo.post(page, typed(lifted_because="", lift_on="", **use))
    half = dpo.post(page, typed(lifted_because="", lift_on=in_days(3).isoformat()))
    dpo.post(page, typed(lifted_because="Settled.", lift_on=in_days(3).isoformat()))
    too_soon = dpo.post(page, typed(lift_now="on", told_how="By post."), follow=True).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        dpo = signed_in(member("DPO", "ben@example.com"))
        dpo.post(page, typed(lift_now="on", told_how="By post."))

    assert (placed.status_code, half.status_code) == (302, 200)
    assert "The day that was announced has not come." in too_soon
    restriction.refresh_from_db()
    assert (restriction.stands, restriction.told_how, restriction.lifted_because) == (False, "By post.", "Settled.")
    assert RestrictionUse.objects.get().by is not None
    assert dpo.get(page).status_code == 200
    assert dpo.get(PAGES).status_code == 200
    assert "typed.only" not in " ".join(database())


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": ""},
        {"address": "zoe"},
        {"table": "contact.contactrequest", "record": "1"},
        {"address": "", "table": "contact.contactrequest", "record": "987654"},
        {"ground": "18(1)(z)"},
        {"reason": ""},
        {"review_on": "2020-01-01"},
        {"purpose": "purpose:unknown"},
    ],
    ids=str,
)
def test_what_is_wrong_is_told_and_nothing_is_placed(wrong: dict[str, str]) -> None:
    right = {"address": ZOE, "ground": "18(1)(a)", "reason": "x", "review_on": in_days(9).isoformat()}

    answer = signed_in(member("DPO")).post(f"{PAGES}add/", typed(**{**right, **wrong}))

    assert answer.context["adminform"].form.errors
    assert not Restriction.objects.exists()


def test_who_answers_requests_places_and_lifts_none() -> None:
    staff = signed_in(member("Staff"))
    restriction = restrict()

    assert staff.get(f"{PAGES}add/").status_code == 403
    assert staff.get(f"{PAGES}{restriction.pk}/change/").status_code == 403
