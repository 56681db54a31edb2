"""Whether a message may come in at once, after a confirmation by mail, or later. Counts only what would be written."""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, spend_in_turn

# Two limits each: past the first a message waits for a confirmation by mail, past the second it is refused for now.


class Verdict(Enum):
    PASS = "pass"  # noqa: S105  (not a password)
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Admission:
    """`retry_after` is in seconds, for a refusal."""

    verdict: Verdict
    retry_after: int = 0


def admit(request: HttpRequest, *, doubtful: bool) -> Admission:
    """Count this message for its client and for the site. Nothing here depends on the address written to.

    (Otherwise one could learn by trying who has written before.)
    """
    (client, most_of_client), (site, most_of_site) = settings.CONTACT_LIMIT_CLIENT, settings.CONTACT_LIMIT_SITE
    counts = spend_in_turn(
        (Limit(name="contact.client", most=most_of_client, window=settings.LIMIT_WINDOW), client_of(request)),
        (Limit(name="contact.site", most=most_of_site, window=settings.LIMIT_WINDOW), "site"),
    )
    if counts[-1].over:
        return Admission(Verdict.REFUSE, counts[-1].retry_after(timezone.now()))
    many = any(count.number > soft for count, soft in zip(counts, (client, site), strict=True))
    return Admission(Verdict.HOLD if doubtful or many else Verdict.PASS)
