"""What is promised about restrictions, and how the live data shows it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.restrictions.models import Restriction


def restrictions_overdue(now: datetime) -> Finding:
    return none_of(Restriction.objects.standing().filter(review_on__lt=timezone.localdate(now)))


register_commitments(
    Commitment(
        name="restrictions-reviewed",
        promises=("P5.4", "P8.0"),
        said=_("No data stays restricted without anybody looking at it again in time."),
        checked=_("Counts restrictions in force whose day of review is over."),
        found=ngettext_lazy("%(number)d restriction not reviewed", "%(number)d restrictions not reviewed", "number"),
        check=restrictions_overdue,
    ),
)
