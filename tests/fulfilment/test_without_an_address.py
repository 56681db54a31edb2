"""A letter by post that gives no e-mail address: nothing could be looked for, so nothing is granted on it."""

import pytest
from django.utils import translation

from privacy.rights.carrying_out import carriers
from privacy.rights.desk.services import grant
from privacy.rights.kinds import Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import NotAllowed
from tests.desk.desk import member
from tests.rights.people import entered

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]


@pytest.mark.parametrize("right", [Right.ACCESS, Right.PORTABILITY, Right.RECTIFICATION, Right.ERASURE])
def test_no_copy_and_no_receipt_says_that_nothing_is_held_where_nothing_was_looked_for(right: Right) -> None:
    officer = member("DPO").pk
    request = entered(officer, right, email="")

    with translation.override("en"), pytest.raises(NotAllowed, match="No e-mail address is known"):
        grant(request.pk, by=officer, seen=request.version)

    assert RightsRequest.objects.get(pk=request.pk).state == State.OPEN


def test_where_an_address_is_known_nothing_is_missing() -> None:
    request = entered(member("DPO").pk, Right.ERASURE)
    carrier = carriers.of(request)

    assert carrier is not None
    assert not carrier.unready(request)
