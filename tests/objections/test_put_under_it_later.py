"""A request that the officer puts under the objection to all use, after its address was proved (P5.5)."""

import pytest
from django.db import transaction
from django.utils import translation

from contact.models import ContactRequest
from privacy.models import Consent
from privacy.objections.models import Objection
from privacy.rights.carrying_out import carriers
from privacy.rights.desk.services import requalify
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import decide, locked
from privacy.rights.working import carry_out_granted
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.5")]


@pytest.fixture
def shown() -> RightsRequest:
    """Of somebody who wrote to us and who asked, under another name, that nothing of theirs be used."""
    wrote()
    request = proved(Right.QUESTION, email=ZOE)
    requalify(request.pk, by=member("DPO").pk, seen=request.version, right=Right.OBJECTION)
    return RightsRequest.objects.get(pk=request.pk)


def words_of(request: RightsRequest) -> str:
    carrier = carriers.of(request)
    assert carrier is not None
    with translation.override("en"):
        return " ".join(map(str, carrier.plan(request).words))


def test_granting_it_withdraws_and_erases_what_rests_on_consent(shown: RightsRequest) -> None:
    with transaction.atomic():
        decide(locked(shown.pk, among=[State.OPEN]), Decision.GRANTED, by=None)

    assert carry_out_granted() == 1

    assert not Consent.objects.live().exists()
    assert not ContactRequest.objects.filter(email=ZOE).exists()
    assert Objection.objects.filter(request=shown).exists()


def test_the_officer_reads_that_nothing_of_it_was_done_yet(shown: RightsRequest) -> None:
    at_once = proved(Right.OBJECTION, email="ada@example.com")

    assert "when the address was proved" in words_of(at_once)
    assert "when the address was proved" not in words_of(shown)
    assert "once you grant it" in words_of(shown)
