"""The pages of one's own account. Only these of allauth's are there: no sign-up, no address to change, no mailed codes.

Their names are allauth's, since it looks its pages up by them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from customerlabs.staff import views
from privacy.confirming import ask_again

View = Callable[..., HttpResponseBase]


def confirmed(view: View) -> View:
    """For whoever is signed in and has just shown who they are. Of what is posted before, nothing is kept."""

    @wraps(view)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        return ask_again(request) or view(request, *given, **named)

    return login_required(asked)


urlpatterns = [
    path("", views.own_account, name="mfa_index"),
    path("sign-ins/end/", views.end_sign_ins, name="end-sign-ins"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/first/", account.password_set, name="account_set_password"),
    path("forgotten/", account.password_reset, name="account_reset_password"),
    path("forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("forgotten/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("forgotten/<str:uidb36>/<str:key>/", account.password_reset_from_key, name="account_reset_password_from_key"),
    path("code/", factors.authenticate, name="mfa_authenticate"),
    path("confirm/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("app/", confirmed(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", confirmed(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", confirmed(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", confirmed(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("passkeys/", views.own_account, name="mfa_list_webauthn"),
    path("passkeys/add/", confirmed(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/sign-in/", views.passkey_sign_in, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/rename/", confirmed(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", confirmed(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]
