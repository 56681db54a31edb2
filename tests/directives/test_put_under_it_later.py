"""A request that the officer puts under the directives for after death, after its address was proved (P5.8)."""

import pytest
from django.db import transaction
from django.utils import translation

from privacy.models import Directive
from privacy.rights.carrying_out import carriers
from privacy.rights.desk.services import requalify
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import decide, locked
from privacy.rights.working import carry_out_granted
from tests.desk.desk import member
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.8")]


def test_the_officer_reads_what_granting_it_registers_and_that_is_registered() -> None:
    request = proved(Right.QUESTION)
    requalify(request.pk, by=member("DPO").pk, seen=request.version, right=Right.DIRECTIVE)
    request = RightsRequest.objects.get(pk=request.pk)
    carrier = carriers.of(request)
    assert carrier is not None

    with translation.override("en"):
        told = " ".join(map(str, carrier.plan(request).words))
    with transaction.atomic():
        decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()

    assert "as a wish that all be kept" in told
    assert "was registered" not in told
    assert Directive.objects.get(request=request).wish == "keep"
