"""Requests made the way the site makes them."""

import itertools
from datetime import datetime
from typing import Any

from django.utils import timezone

from privacy.links import single_use
from privacy.rights import intake
from privacy.rights.kinds import Channel, Right
from privacy.rights.links import PROVE
from privacy.rights.models import RightsRequest

NUMBERS = itertools.count(1)


def somebody() -> str:
    return f"right{next(NUMBERS):04}@example.com"


def asked(right: Right = Right.ACCESS, *, email: str = "", **more: Any) -> RightsRequest:
    """A request of the form, its address still to be proved."""
    given = {"name": "Ada Martin", "language": "fr", **more}
    return intake.submit(right, email=email or somebody(), **given)


def proved(right: Right = Right.ACCESS, **more: Any) -> RightsRequest:
    """One whose address was proved by its link."""
    request = asked(right, **more)
    token = single_use.mint(PROVE, request, subject_key=request.subject_key, life=RightsRequest.PROVE_WITHIN)
    done = intake.prove(token)
    assert done is not None
    return RightsRequest.objects.get(pk=request.pk)


def entered(by: int, right: Right = Right.ACCESS, received_at: datetime | None = None, **more: Any) -> RightsRequest:
    """One that the officer entered, with the proof they saw."""
    given = {
        "channel": Channel.POST,
        "name": "Ada Martin",
        "email": somebody(),
        "language": "fr",
        "proof_seen": "Passport seen at the desk",
        **more,
    }
    return intake.enter(right, by=by, received_at=received_at or timezone.now(), **given)
