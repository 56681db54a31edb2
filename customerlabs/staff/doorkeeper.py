"""The one place where it is decided whether somebody who signed in still is, and gets past the enrolment pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from customerlabs.staff.factors import has_factor, needs_factor
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn, current

TO_ENROL = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "account_logout",
    "admin:logout",
    "admin:jsi18n",
}
"""All that a member who needs a second factor may open before one stands."""


class Doorkeeper:
    """Middleware, after authentication.

    A session without a live sign-in (ended, eight hours old, half an hour idle) is closed, whatever page it asks for.
    A member who needs a second factor, and has not shown one in this session, gets no page of staff but those where
    one is made; a factor made elsewhere meanwhile must be shown, so they sign in again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Visitors have no session: nothing is looked up, and nothing of their page depends on a cookie.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            sign_in = current(request)
            if sign_in is None:
                logout(request)
            else:
                sign_in.note_seen()
                request.sign_in = sign_in  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        sign_in: SignIn | None = getattr(request, "sign_in", None)
        if sign_in is None or sign_in.with_factor or not _is_for_staff(request.path):
            return None
        member = request.user
        found = request.resolver_match
        if not isinstance(member, StaffMember) or (found and found.view_name in TO_ENROL) or not needs_factor(member):
            return None
        if has_factor(member):
            SignIn.objects.filter(pk=sign_in.pk).end()
            logout(request)
            asked = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_login')}?{asked}")
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _is_for_staff(path: str) -> bool:
    return path.startswith((reverse("admin:index"), reverse("mfa_index")))
