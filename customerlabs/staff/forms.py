"""allauth's forms in our words, with our limits on guessing, and codes that open once whichever process answers."""

import struct
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customerlabs.staff import attempts
from customerlabs.staff.adapters import Accounts
from customerlabs.staff.forgotten import send_new_link
from customerlabs.staff.models import StaffMember
from privacy.audit.services import Action, record_all


class InOurWords(forms.Form):
    """Labels that say it all; no placeholder, which vanishes as one types, and no markup in a help text."""

    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class SignInForm(InOurWords, account.LoginForm):
    labels = {"login": _("E-mail address"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):
    labels = {"password": _("Your password")}


NEW = {"password1": _("New password"), "password2": _("The same again")}
HOW_LONG = {"password1": _("15 characters or more: some words that have nothing to do with each other are fine.")}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    labels = {"oldpassword": _("Your password until now"), **NEW}
    helps = HOW_LONG

    def clean_oldpassword(self) -> str:
        attempts.refuse_too_many(context.request, self.user.email)
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            attempts.note_failure(context.request, self.user.email)
            raise


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    labels = NEW
    helps = HOW_LONG


class ForgottenForm(InOurWords, account.ResetPasswordForm):
    labels = {"email": _("E-mail address")}

    def clean_email(self) -> str:
        attempts.count_forgotten(context.request)
        return str(self.cleaned_data["email"])

    def save(self, request: Any, **kwargs: Any) -> str:
        send_new_link(self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class Code(InOurWords):
    """A code is guessed no more often than a password, and opens once (RFC 6238, 5.2)."""

    labels = {"code": _("Code")}
    helps = {"code": _("The six digits that your app shows now, or one of your recovery codes.")}
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(autocomplete="one-time-code", inputmode="numeric", spellcheck="false")

    def clean_code(self) -> str:
        attempts.refuse_too_many(context.request, self.user.email, code=True)
        try:
            code = str(super().clean_code())  # type: ignore[misc]
            if not used_now(getattr(self, "authenticator", None), code):
                raise ValidationError(Accounts.error_messages["incorrect_code"])
        except ValidationError:
            self.note_wrong()
            raise
        return code

    def note_wrong(self) -> None:
        attempts.note_wrong_factor(context.request, self.user, "code")


class CodeForm(Code, factors.AuthenticateForm):
    pass


class ConfirmCodeForm(Code, factors.ReauthenticateForm):
    pass


class EnrolForm(Code, ActivateTOTPForm):
    helps = {"code": _("The six digits that your app shows now.")}

    def note_wrong(self) -> None:
        """Counted alike; but nobody tries to get in by a code that is no factor yet."""
        attempts.note_failure(context.request, self.user.email, code=True)


NO_PASSKEY = (AttributeError, LookupError, TypeError, ValueError, struct.error, InvalidSignature)
"""What reading raises that was made by no browser, or signed by another key: a wrong code, and no error of ours."""


class Signed(forms.Form):
    """What a passkey signed, or what somebody sends in its place."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_PASSKEY:
            raise ValidationError(Accounts.error_messages["incorrect_code"]) from None


class PasskeySignInForm(Signed, LoginWebAuthnForm):
    """Nobody is known before it, so a wrong one is nobody's: whose it would be is what a stranger wrote into it."""


class SignedForAccount(Signed):
    """By somebody who showed a password, or sits at a screen: limited and noted as codes are."""

    def clean_credential(self) -> Authenticator:
        attempts.refuse_too_many(context.request, self.user.email, code=True)
        try:
            return super().clean_credential()
        except ValidationError:
            attempts.note_wrong_factor(context.request, self.user, "passkey")
            raise


class PasskeyFactorForm(SignedForAccount, AuthenticateWebAuthnForm):
    pass


class ConfirmPasskeyForm(SignedForAccount, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(InOurWords, AddWebAuthnForm):
    labels = {"name": _("A name for it"), "passwordless": _("It may sign me in by itself, without my password")}
    helps = {"passwordless": _("For what asks for your finger, your face or a PIN before it opens.")}

    def clean(self) -> Any:
        try:
            return super().clean()
        except NO_PASSKEY:
            raise ValidationError(Accounts.error_messages["incorrect_code"]) from None


class RenamePasskeyForm(InOurWords, EditWebAuthnForm):
    labels = PasskeyForm.labels

    def save(self) -> Authenticator:
        renamed: Authenticator = super().save()
        owner = renamed.user_id
        record_all(Action.CHANGED, StaffMember, [owner], by=owner, details=("passkey renamed",))
        return renamed


def used_now(authenticator: Authenticator | None, code: str) -> bool:
    """Note the time step of an app's code. False when this step, or a later one, has been used already."""
    if authenticator is None or authenticator.type != Authenticator.Type.TOTP:
        return True
    secret = decrypt(authenticator.data["secret"])
    typed = "".join(code.split())
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        last = held.data.get("last_step", 0)
        steps = [
            step for step in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, step)) == typed
        ]
        if not steps or min(steps) <= last:
            return False
        held.data["last_step"] = min(steps)
        held.save(update_fields=["data"])
    return True
