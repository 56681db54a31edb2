"""What the law asks about breaches, and how the live data shows it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.breaches.models import LIMIT, Breach
from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments


def breaches_overdue(now: datetime) -> Finding:
    return none_of(Breach.objects.unsettled().filter(aware_at__lt=now - LIMIT))


register_commitments(
    Commitment(
        name="breaches-in-time",
        promises=("P7.2", "P7.5"),
        said=_(
            "A breach of personal data is notified to the CNIL within 72 hours, or it is on record why it need not be."
        ),
        checked=_("Counts breaches known for more than 72 hours, neither notified nor decided on."),
        found=ngettext_lazy("%(number)d breach overdue", "%(number)d breaches overdue", "number"),
        check=breaches_overdue,
    ),
)
