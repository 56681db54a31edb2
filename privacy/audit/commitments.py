"""What is promised of the trail: that it is whole (P7.2)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.audit.anchors import anchors
from privacy.audit.verifying import verify
from privacy.commitments.frame import Commitment, Finding, register_commitments


def faults_in_the_trail(now: datetime) -> Finding:
    found = verify(anchors(), now=now)
    return Finding(
        kept=found.is_whole,
        number=len(found.faults),
        where=[f"{number}: {what}" for number, what in found.faults],
    )


register_commitments(
    Commitment(
        name="audit-whole",
        promises=("P7.2",),
        said=_("The trail of who consulted which data is whole: no line was changed, removed or added afterwards."),
        checked=_(
            "Reads the trail from its oldest line to its newest, computes again the seal of each, and compares them "
            "with those written down outside the database."
        ),
        found=ngettext_lazy("%(number)d fault", "%(number)d faults", "number"),
        check=faults_in_the_trail,
    )
)
