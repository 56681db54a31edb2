"""What the contact app promises, and how its live data shows it."""

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from contact.models import ContactRequest, Prospect
from contact.purposes import REQUEST_PURPOSES
from privacy.commitments.frame import Commitment, Finding, none_of, register_commitments
from privacy.commitments.in_time import GRACE, kept_in_time
from privacy.models import ConsentEvent

Status = ContactRequest.Status


def requests_without_consent(now: datetime) -> Finding:
    """None on record, or one to another kind of request than this."""
    without = Q(consent=None)
    for kind, purpose in REQUEST_PURPOSES.items():
        without |= Q(kind=kind) & ~Q(consent__purpose=purpose.name)
    return none_of(ContactRequest.objects.filter(without, is_anonymised=False))


def prospects_without_proof(now: datetime) -> Finding:
    """Confirmed, yet without a live confirmed consent: never given, or withdrawn since."""
    proof = ConsentEvent.objects.filter(
        consent=OuterRef("consent"), consent__ended_at=None, kind=ConsentEvent.Kind.CONFIRMED
    )
    return none_of(Prospect.objects.filter(~Exists(proof), pending_until=None))


def requests_left_open(now: datetime) -> Finding:
    limit = settings.CONTACT_INACTIVITY.before(now - GRACE)
    open_ones = ContactRequest.objects.usable().filter(status__in=ContactRequest.OPEN)
    return none_of(open_ones.filter(last_activity_at__lte=limit))


def requests_without_clock(now: datetime) -> Finding:
    """Ended in some way, yet without the date that their period counts from: the purge would never find them."""
    without = Q(status=Status.CLOSED, closed_at=None, is_anonymised=False)
    without |= Q(status=Status.SPAM, spam_at=None, is_anonymised=False)
    without |= Q(status=Status.HELD, held_until=None, is_anonymised=False)
    return none_of(ContactRequest.objects.filter(without))


def prospects_without_clock(now: datetime) -> Finding:
    return none_of(Prospect.objects.filter(pending_until=None, last_contact_at=None))


register_commitments(
    Commitment(
        name="requests-with-consent",
        promises=("P3.1", "P3.3"),
        said=_("Every request comes with the consent of who wrote it, to that kind of request."),
        checked=_("Counts requests not yet anonymised whose consent is not on record, or is to something else."),
        found=ngettext_lazy("%(number)d request without consent", "%(number)d requests without consent", "number"),
        check=requests_without_consent,
    ),
    Commitment(
        name="news-with-proof",
        promises=("P3.2", "P5.6"),
        said=_("Everybody on the list for news confirmed by mail, and has not withdrawn since."),
        checked=_("Counts people on the list whose confirmed consent is not on record, or has ended."),
        found=ngettext_lazy("%(number)d person without proof", "%(number)d people without proof", "number"),
        check=prospects_without_proof,
    ),
    kept_in_time(ContactRequest, "P8.1", "P5.6"),
    Commitment(
        name="requests-closed",
        promises=("P8.1",),
        said=_("A request without a word from either side is closed, so that its time begins to run."),
        checked=_("Counts open requests that have been silent for longer than allowed, and a day more."),
        found=ngettext_lazy("%(number)d request left open", "%(number)d requests left open", "number"),
        check=requests_left_open,
    ),
    Commitment(
        name="requests-with-clock",
        promises=("P8.1",),
        said=_("Every request that has ended has the date its period counts from."),
        checked=_("Counts closed, unwanted or unconfirmed requests without that date."),
        found=ngettext_lazy("%(number)d request without a date", "%(number)d requests without a date", "number"),
        check=requests_without_clock,
    ),
    kept_in_time(Prospect, "P8.2", "P5.6"),
    Commitment(
        name="news-with-clock",
        promises=("P8.2",),
        said=_("Everybody on the list for news has a date of last contact."),
        checked=_("Counts people on the list without that date: their time would never end."),
        found=ngettext_lazy("%(number)d person without a date", "%(number)d people without a date", "number"),
        check=prospects_without_clock,
    ),
)
