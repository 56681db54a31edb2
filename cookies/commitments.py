"""What the app promises of cookies and choices, and how its live data shows it."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cookies.models import ChoiceEvent, StoppedCookie
from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.periods import THIRTEEN_MONTHS

Kind = ChoiceEvent.Kind


def cookies_stopped(now: datetime) -> Finding:
    """Of today and yesterday, for the check of a day comes early in the next."""
    since = timezone.localdate(now) - timedelta(days=1)
    rows = StoppedCookie.objects.filter(day__gte=since)
    number = rows.aggregate(total=Sum("count"))["total"] or 0
    where = sorted({f"cookies.{reason}" for reason in rows.values_list("reason", flat=True)})
    return Finding(kept=number == 0, number=number, where=where)


def choices_too_long(now: datetime) -> Finding:
    return none_of(ChoiceEvent.objects.filter(ends_at__gt=F("at") + THIRTEEN_MONTHS))


def agreements_that_outlive_their_withdrawal(now: datetime) -> Finding:
    withdrawal = ChoiceEvent.objects.filter(number=OuterRef("number"), kind=Kind.WITHDRAWN, at__lt=OuterRef("ends_at"))
    return none_of(ChoiceEvent.objects.filter(Exists(withdrawal), kind=Kind.ACCEPTED, ends_at__gt=now))


register_commitments(
    Commitment(
        name="cookies-stopped",
        promises=("P11.6", "P11.5"),
        said=_("Nothing tries to leave a cookie in your browser beyond those listed and agreed to."),
        checked=_("Counts the cookies stopped at the door today and yesterday: each is a mistake of ours."),
        found=ngettext_lazy("%(number)d cookie stopped", "%(number)d cookies stopped", "number"),
        check=cookies_stopped,
    ),
    Commitment(
        name="choices-in-time",
        promises=("P11.1", "P8.3"),
        said=_("No agreement to cookies is taken to hold for more than thirteen months."),
        checked=_("Compares the date of each agreement on record with its end."),
        found=ngettext_lazy("%(number)d agreement too long", "%(number)d agreements too long", "number"),
        check=choices_too_long,
    ),
    Commitment(
        name="withdrawals-end-agreements",
        promises=("P11.9",),
        said=_("An agreement to cookies that was withdrawn has ended."),
        checked=_("Counts agreements on record that go on after their withdrawal."),
        found=ngettext_lazy("%(number)d agreement goes on", "%(number)d agreements go on", "number"),
        check=agreements_that_outlive_their_withdrawal,
    ),
)
