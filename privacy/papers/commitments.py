"""What is promised about identity papers, and how the live data shows it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.commitments.in_time import kept_in_time
from privacy.papers.models import Paper
from privacy.papers.services import UNDECIDED
from privacy.rights.models import CaseEvent

DECIDES = (CaseEvent.Kind.IDENTITY_CHECKED, CaseEvent.Kind.IDENTITY_REFUSED)


def papers_without_reason(now: datetime) -> Finding:
    """Those of a request that is decided, and those that came before identity was."""
    decided = CaseEvent.objects.filter(kind__in=DECIDES, file=OuterRef("file"), at__gte=OuterRef("received_at"))
    return none_of(Paper.objects.filter(~Q(file__request__state__in=UNDECIDED) | Exists(decided)))


register_commitments(
    Commitment(
        name="papers-gone",
        promises=("P6.3",),
        said=_("No copy of an identity document outlives the decision about it."),
        checked=_("Counts the copies that belong to a request, or to an identity, that is decided."),
        found=ngettext_lazy("%(number)d copy left over", "%(number)d copies left over", "number"),
        check=papers_without_reason,
    ),
    kept_in_time(Paper, "P6.3"),
)
