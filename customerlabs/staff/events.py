"""What follows from a sign-in, a factor or a password: rows, lines of the trail, a mail. Without any of the secrets."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from django.contrib.auth import signals
from django.dispatch import receiver
from django.http import HttpRequest

from customerlabs.staff.factors import REAL, has_factor
from customerlabs.staff.forms import used_now
from customerlabs.staff.letters import NEW_DEVICE, tell_owner
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn, begin, number_in
from privacy.audit.services import Action, record, record_all
from privacy.letters.queue import queue_letter
from privacy.subjects import subject_key


@receiver(signals.user_logged_in)
def a_session_has_its_row(request: HttpRequest, user: StaffMember, **_: Any) -> None:
    """However it was opened: what has no row opens nothing."""
    shown = [entry["method"] for entry in get_authentication_records(request, user)]
    request.sign_in = begin(request, user, with_factor="mfa" in shown)  # type: ignore[attr-defined]


@receiver(user_logged_in)
def a_sign_in_is_told(request: HttpRequest, user: StaffMember, **_: Any) -> None:
    sign_in: SignIn = request.sign_in  # type: ignore[attr-defined]
    record(Action.SIGNED_IN, sign_in, by=user.pk, details=("with a factor",) if sign_in.with_factor else ())
    if sign_in.is_from_elsewhere:
        queue_letter(NEW_DEVICE, sign_in, subject_key=subject_key(user.email))


@receiver(signals.user_logged_out)
def a_session_that_is_left_is_over(request: HttpRequest, user: StaffMember | None, **_: Any) -> None:
    if user is not None:
        SignIn.objects.filter(pk=number_in(request), user=user.pk).end()


@receiver(authenticator_added)
def a_new_factor_counts_here_and_ends_the_rest(request: HttpRequest, user: StaffMember, **sent: Any) -> None:
    """Somebody who had the password only, and was in already, does not stay in."""
    added: Authenticator = sent["authenticator"]
    _told(user, "factor added", added.type)
    if added.type == Authenticator.Type.TOTP:
        used_now(added, request.POST.get("code", ""))  # What it was enrolled with was seen once, and opens nothing.
    if added.type in REAL:
        here = number_in(request)
        SignIn.objects.filter(pk=here, user=user).update(with_factor=True)
        end_all(user, but=here)


@receiver(authenticator_used)
def a_factor_that_was_shown_counts(request: HttpRequest, user: StaffMember, **_: Any) -> None:
    SignIn.objects.filter(pk=number_in(request), user=user).update(with_factor=True)


@receiver(authenticator_removed)
def without_a_factor_none_counts(user: StaffMember, **sent: Any) -> None:
    removed: Authenticator = sent["authenticator"]
    _told(user, "factor removed", removed.type)
    if not has_factor(user):
        SignIn.objects.filter(user=user).update(with_factor=False)


@receiver(authenticator_reset)
def new_recovery_codes_are_told(user: StaffMember, **_: Any) -> None:
    _told(user, "new recovery codes")


@receiver([password_changed, password_reset])
def a_new_password_ends_the_rest(request: HttpRequest, user: StaffMember, **_: Any) -> None:
    _told(user, "password")
    end_all(user, but=number_in(request))


def end_all(user: StaffMember, *, but: int = 0) -> int:
    return SignIn.objects.filter(user=user).exclude(pk=but).end()


def _told(user: StaffMember, *step: str) -> None:
    """In the trail, and to its owner. A request's user is a wrapper, so the table is named here."""
    for entry in record_all(Action.CHANGED, StaffMember, [user.pk], by=user.pk, details=step):
        tell_owner(user, entry)
