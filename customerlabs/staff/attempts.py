"""How often a password or a code may be wrong, counted in PostgreSQL under keyed hashes (privacy/limits).

allauth's own limits would sit in a cache that each process has for itself, under addresses in clear. And its limit for
an account locks its owner out, whoever it was that failed: here whoever fails from one place closes nothing but the
account from that place. What strangers' places may fail together is limited too, since a code has six digits; places
from which the account was signed in to before are not counted among them, so its owner gets in from there all the same.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from customerlabs.staff.devices import network_of
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.audit.services import Action, record_all
from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, spend
from privacy.subjects import normalise

HERE = Limit(name="staff.account-here", most=10, window=timedelta(minutes=15))
"""One account, from one address."""
FROM_HERE = Limit(name="staff.here", most=60, window=timedelta(hours=1))
"""Any accounts, from one address: an office may share one."""
FROM_STRANGERS = Limit(name="staff.account-strangers", most=200, window=timedelta(hours=1))
"""One account, from all the networks together that it has never been signed in from."""
CODES = Limit(name="staff.codes", most=30, window=timedelta(days=1))
"""The same for codes alone: who gets to type one has the password, and a million codes are few for many machines."""

PASSKEY_HERE = Limit(name="staff.passkey.client", most=60, window=timedelta(hours=1))
"""Questions to passkeys, from one address: each is a session in the database, before anybody is known."""

FORGOTTEN_HERE = Limit(name="staff.forgotten.client", most=10, window=timedelta(hours=1))
FORGOTTEN = Limit(name="staff.forgotten.site", most=200, window=timedelta(hours=1))
"""Links asked for, from one address and in all."""


def refuse_too_many(request: HttpRequest, account: str, *, code: bool = False) -> None:
    """To be called before looking whether a password or code is right. `account` is its e-mail address.

    Raises ValidationError, the same for an account that exists and for one that doesn't.
    """
    for limit, who in _counted(request, account, code=code):
        if spend(limit, who, times=0).number >= limit.most:
            raise ValidationError(_again(limit), code="too-many")


def _again(limit: Limit) -> str:
    """When to try again."""
    if limit is CODES:
        return _("Too many wrong codes: try again tomorrow, or from where you have signed in before.")
    if limit is HERE:
        return _("Too many attempts: try again in a quarter of an hour.")
    return _("Too many attempts: try again in an hour.")


def note_failure(request: HttpRequest, account: str, *, code: bool = False) -> None:
    """A password or code was wrong."""
    for limit, who in _counted(request, account, code=code):
        spend(limit, who)


def note_wrong_factor(request: HttpRequest, account: StaffMember, *step: str) -> None:
    """Who showed the password of this account, or sits at its screen, has no right factor. Who it was is not known."""
    note_failure(request, account.email, code=True)
    record_all(Action.NOT_LET_IN, StaffMember, [account.pk], by=None, details=step)


def _counted(request: HttpRequest, account: str, *, code: bool) -> list[tuple[Limit, str]]:
    account, client = normalise(account), client_of(request)
    counted = [(HERE, f"{account} {client}"), (FROM_HERE, client)]
    known = SignIn.objects.filter(user__email__iexact=account, network=network_of(request))
    if known.exists():
        return counted
    return [*counted, (FROM_STRANGERS, account), *([(CODES, account)] if code else [])]


def count_forgotten(request: HttpRequest) -> None:
    """Somebody asks for a new link. Raises ValidationError, whatever the address they typed."""
    here, everywhere = spend(FORGOTTEN_HERE, client_of(request)), spend(FORGOTTEN, "site")
    if here.over or everywhere.over:
        raise ValidationError(_("Too many attempts: try again in an hour."), code="too-many")
