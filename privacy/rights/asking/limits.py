"""How often the pages about rights take something from one client, and in all."""

from django.conf import settings
from django.http import HttpRequest

from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, wait_in_turn

DOUBTFUL_COUNTS = 4
"""A form that a program may have filled in counts for as many: nothing is refused for it, but it leads nowhere soon."""


def too_many(request: HttpRequest, *, form: str, doubtful: bool = False) -> int:
    """Count this post; the seconds to wait when there were too many, else 0.

    What all clients send is counted for each form by itself: a flood on one leaves the others answering.
    """
    times = DOUBTFUL_COUNTS if doubtful else 1
    window = settings.LIMIT_WINDOW
    return wait_in_turn(
        (Limit(name="rights.client", most=settings.RIGHTS_LIMIT_CLIENT, window=window), client_of(request)),
        (Limit(name="rights.site", most=settings.RIGHTS_LIMIT_SITE, window=window), form),
        times=times,
    )
