"""The legal clock of a request, for the queue and its page (GDPR Art. 12(3))."""

from datetime import datetime

from django.utils.translation import gettext as _

from privacy.clocks import Clock, clock_until
from privacy.rights.deadlines import explain
from privacy.rights.kinds import CLOSED, State
from privacy.rights.models import RightsRequest


def clock_of(request: RightsRequest, now: datetime | None = None) -> Clock:
    if request.state in CLOSED:
        return Clock(_("closed"), "closed")
    if request.paused_at is not None:
        return Clock(_("stands: identity in doubt"), "still")
    return clock_until(request.due_on, now)


def why(request: RightsRequest) -> list[str]:
    """Why the legal date is what it is, sentence by sentence, in the reader's language."""
    sentences = explain(request.received_at, extended=request.extended_at is not None, paused_days=request.paused_days)
    if request.paused_at is not None and request.state == State.DOUBT:
        sentences.append(_("The clock stands until identity is decided; the days it stands are added then."))
    return sentences
