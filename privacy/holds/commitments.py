"""What is promised about holds, and how the live data shows it."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.holds.models import Hold


def holds_overdue(now: datetime) -> Finding:
    return none_of(Hold.objects.standing(now).filter(review_on__lt=timezone.localdate(now)))


register_commitments(
    Commitment(
        name="holds-reviewed",
        promises=("P5.6", "P8.0"),
        said=_("Nothing is kept by a hold that nobody has looked at again in time."),
        checked=_("Counts holds in force whose day of review is over."),
        found=ngettext_lazy("%(number)d hold not reviewed", "%(number)d holds not reviewed", "number"),
        check=holds_overdue,
    ),
)
