"""What the policy promises of itself, looked at on the live data."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.commitments.frame import Commitment, Finding, none_of, nothing_in
from privacy.letters.models import Letter
from privacy.policy.letters import POLICY_CHANGED
from privacy.policy.models import PolicyAnnouncement, PolicyVersion
from privacy.policy.publishing import has_drifted

DAYS_TO_TELL = timedelta(days=3)
"""Until everybody has been told of an important change; a mail server may be away for a weekend."""


def in_force_and_true(now: datetime) -> Finding:
    """Dated by the version in force; broken when there is none, or when the site no longer does what it says."""
    version = PolicyVersion.objects.dated().in_force()
    return Finding(
        kept=version is not None and not has_drifted(), on=version.published_at if version else None, where=()
    )


def not_told(now: datetime) -> Finding:
    """Announcements that are not worked off, and their letters that still wait, after so many days."""
    since = now - DAYS_TO_TELL
    unfinished = none_of(PolicyAnnouncement.objects.filter(finished_at=None, version__published_at__lt=since))
    waiting = none_of(
        Letter.objects.filter(kind=POLICY_CHANGED.name, state=Letter.State.QUEUED, is_bulk=True, created_at__lt=since)
    )
    number = (unfinished.number or 0) + (waiting.number or 0)
    return Finding(kept=number == 0, number=number)


def contracts_due(now: datetime) -> Finding:
    today = timezone.localdate(now)
    return nothing_in([processor.name for processor in settings.PROCESSORS if processor.review < today])


IN_FORCE = Commitment(
    name="policy-in-force",
    promises=("P12.1",),
    said=_("The policy says what this site does, and the version in force says the same."),
    checked=_("Prints the policy from the declarations and compares it, byte by byte, with what was last published."),
    found=_("version in force published on %(on)s"),
    check=in_force_and_true,
)
TOLD = Commitment(
    name="policy-changes-told",
    promises=("P12.2",),
    said=_("Each person whose data is held is told of an important change."),
    checked=_("Counts announcements and letters of a change that still wait after three days."),
    found=ngettext_lazy(
        "%(number)d announcement or letter waiting", "%(number)d announcements or letters waiting", "number"
    ),
    check=not_told,
)
CONTRACTS = Commitment(
    name="processor-contracts",
    promises=("P4.1",),
    said=_("The contracts of those who work for us on your data are reviewed in time."),
    checked=_("Counts contracts whose review date has passed."),
    found=ngettext_lazy("%(number)d contract to review", "%(number)d contracts to review", "number"),
    check=contracts_due,
)
