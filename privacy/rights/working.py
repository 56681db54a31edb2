"""The worker's part: carrying out what was granted, each request by itself, whatever befalls the others."""

import logging

from privacy.rights.carrying_out import carriers
from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn

logger = logging.getLogger(__name__)
MOST = 100
"""Requests begun in one run; beat comes back for the rest."""


def carry_out_granted() -> int:
    """Returns how many were carried out. To be called outside any transaction."""
    done = 0
    granted = RightsRequest.objects.filter(state=State.GRANTED).order_by("pk")
    for request in list(granted[:MOST]):
        carrier = carriers.of(request)
        if carrier is None:
            logger.error("Nothing carries out the right %s.", request.right)
            continue
        try:
            carrier.carry_out(request.pk)
            done += 1
        except MovedOn:
            continue  # Another worker was quicker.
        except Exception:  # One that can't be carried out keeps no other waiting; it stays granted, and is seen so.
            logger.exception("The rights request %s could not be carried out.", request.pk)
    return done
