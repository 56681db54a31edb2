"""What is promised about directives, and how the live data shows it."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.directives.models import Directive, Executor

A_DAY_AND_MORE = timedelta(hours=30)


def directives_at_fault(now: datetime) -> Finding:
    """Standing without a live consent."""
    without = Q(consent=None) | Q(consent__ended_at__lt=now - A_DAY_AND_MORE)
    return none_of(Directive.objects.filter(without, ended_at=None))


def executors_untold(now: datetime) -> Finding:
    """Left behind by a directive, and not told for longer than the daily sweep takes."""
    return none_of(Executor.objects.filter(directive=None, released_at=None, named_at__lt=now - A_DAY_AND_MORE))


register_commitments(
    Commitment(
        name="directives-with-consent",
        promises=("P5.8",),
        said=_("A directive for after death stands on its person’s own consent, and ends with it."),
        checked=_("Counts directives in force whose consent is not on record, or has ended."),
        found=ngettext_lazy("%(number)d directive without consent", "%(number)d directives without consent", "number"),
        check=directives_at_fault,
    ),
    Commitment(
        name="executors-told",
        promises=("P5.8",),
        said=_("Who is named in a directive is told when it has ended."),
        checked=_("Counts people whose directive is gone, and who were not told within a day."),
        found=ngettext_lazy("%(number)d person not told", "%(number)d people not told", "number"),
        check=executors_untold,
    ),
)
