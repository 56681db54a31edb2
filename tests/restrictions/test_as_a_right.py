"""Asking for a restriction: the officer says of what, the worker places it once it is granted (P5.4)."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from contact.models import ContactRequest
from privacy.models import RetentionRun
from privacy.restrictions.models import Restriction
from privacy.retention.engine import enforce_retention
from privacy.rights.carrying_out import carriers
from privacy.rights.intake import submit
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import decide, locked
from privacy.rights.working import carry_out_granted
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member, signed_in
from tests.objections.test_objecting import proves

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P5.4")]


def asks() -> RightsRequest:
    details = {"restrict": "Ma demande de mai.", "ground": "18(1)(c)"}
    return proves(submit(Right.RESTRICTION, name="Zoé", email=ZOE, language="fr", details=details))


def test_it_is_prepared_and_comes_into_force_once_it_is_granted() -> None:
    wrote()
    request = asks()
    carrier = carriers.of(request)
    assert carrier is not None
    dpo = signed_in(member("DPO"))
    page = f"/admin/privacy/restriction/prepare/{request.pk}/"
    review_on = (timezone.localdate() + timedelta(days=60)).isoformat()
    typed = {"purpose": "purpose:contact", "ground": "18(1)(c)", "reason": "A claim.", "review_on": review_on}

    shown = dpo.get(page).content.decode()
    with translation.override("en"):
        unready = str(carrier.unready(request))
    wrong = dpo.post(page, {**typed, "ground": ""})
    for _ in range(2):  # The second takes the place of the first.
        dpo.post(page, typed)
    foreseen = {line.label: line.done for line in carrier.plan(request).lines}
    usable_before = ContactRequest.objects.usable().count()
    with transaction.atomic():
        decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()
    carry_out_granted()

    assert "Ma demande de mai." in shown
    assert '<option value="18(1)(c)" selected>' in shown
    assert "Say first" in unready
    assert wrong.status_code == 422
    assert (foreseen["contact.contactrequest"], usable_before) == (1, 1)
    restriction = Restriction.objects.get()
    assert (restriction.stands, restriction.request, restriction.prepared_until) == (True, request, None)
    assert not ContactRequest.objects.usable().exists()
    request.refresh_from_db()
    assert request.state == State.DONE


def test_what_was_prepared_and_never_granted_restricts_nothing_and_goes() -> None:
    wrote()
    request = asks()
    review_on = (timezone.localdate() + timedelta(days=60)).isoformat()
    signed_in(member("DPO")).post(
        f"/admin/privacy/restriction/prepare/{request.pk}/",
        {"purpose": "", "ground": "18(1)(a)", "reason": "x", "review_on": review_on},
    )

    before = ContactRequest.objects.usable().count()
    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=181))

    assert before == 1
    assert not Restriction.objects.exists()


def test_who_answers_requests_prepares_none() -> None:
    assert signed_in(member("Staff")).get(f"/admin/privacy/restriction/prepare/{asks().pk}/").status_code == 403
