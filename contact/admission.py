"""Whether a message may come in at once, after a confirmation by mail, or later. Counts only what would be written."""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, spend

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
    hour = settings.LIMIT_WINDOW
    hold = doubtful
    for name, who, (soft, hard) in (
        ("contact.client", client_of(request), settings.CONTACT_LIMIT_CLIENT),
        ("contact.site", "site", settings.CONTACT_LIMIT_SITE),
    ):
        count = spend(Limit(name=name, most=hard, window=hour), who)
        if count.over:
            return Admission(Verdict.REFUSE, count.retry_after(timezone.now()))
        hold = hold or count.number > soft
    return Admission(Verdict.HOLD if hold else Verdict.PASS)
