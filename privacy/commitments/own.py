"""Gathers what privacy itself commits to: `privacy.commitments` is this room, so it can't be found as the apps' are."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.authority import CNIL
from privacy.commitments import letters
from privacy.commitments.declared import COLUMNS_DECLARED, COOKIES, DECLARATIONS
from privacy.commitments.frame import Commitment, Finding, none_of, nothing_in, register_commitments
from privacy.commitments.in_time import EMPTIED, PURGE
from privacy.commitments.sealed import APPEND_ONLY
from privacy.letters.models import Letter
from privacy.policy.commitments import CONTRACTS, IN_FORCE, TOLD

__all__ = ["letters"]

LATE = timedelta(hours=1)
"""A letter whose attempt has been due for so long waits for a worker that is not there."""
STUCK = timedelta(days=1)
"""One that has waited for so long in all, attempts and all, waits for a mail server that is not well."""


def facts_missing(now: datetime) -> Finding:
    """Of the controller and of the authority; the address of the DPO must be one that mail can reach."""
    missing = [f"controller.{name}" for name, fact in vars(settings.CONTROLLER).items() if not fact.strip()]
    missing += [f"authority.{name}" for name, fact in vars(CNIL).items() if not fact.strip()]
    try:
        validate_email(settings.CONTROLLER.dpo_email)
    except ValidationError:
        missing.append("controller.dpo_email")
    return nothing_in(sorted(set(missing)))


def letters_late(now: datetime) -> Finding:
    """Letters to one person; those to many go after them, and take the time they take."""
    single = Letter.objects.filter(state=Letter.State.QUEUED, is_bulk=False)
    return none_of(single.filter(Q(due_at__lte=now - LATE) | Q(created_at__lte=now - STUCK)))


def letters_given_up(now: datetime) -> Finding:
    """Letters that had all their attempts. One refused by the other side, for a mistyped address, is not among them."""
    return none_of(Letter.objects.filter(state=Letter.State.FAILED, attempts__gte=Letter.MOST_ATTEMPTS))


register_commitments(
    Commitment(
        name="controller-facts",
        promises=("P1.1", "P10.1"),
        said=_("Who answers for your data, how to reach the data protection officer and where to complain is known."),
        checked=_("Reads the facts that the pages and mails print: none is empty, and the address is an address."),
        found=ngettext_lazy("%(number)d fact missing", "%(number)d facts missing", "number"),
        check=facts_missing,
    ),
    COLUMNS_DECLARED,
    DECLARATIONS,
    APPEND_ONLY,
    Commitment(
        name="letters-leave",
        promises=("P7.3",),
        said=_("Letters in the queue leave on time."),
        checked=_("Counts letters to one person that are an hour late, or have waited for a day in all."),
        found=ngettext_lazy("%(number)d letter late", "%(number)d letters late", "number"),
        check=letters_late,
    ),
    Commitment(
        name="letters-given-up",
        promises=("P7.3",),
        said=_("No letter is given up because our mail does not work."),
        checked=_("Counts letters that failed in every attempt, without the other side having refused them."),
        found=ngettext_lazy("%(number)d letter given up", "%(number)d letters given up", "number"),
        check=letters_given_up,
    ),
    EMPTIED,
    PURGE,
    COOKIES,
    CONTRACTS,
    IN_FORCE,
    TOLD,
)
