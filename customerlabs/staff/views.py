"""One's own account: which factors stand, where one is signed in. And the doors of the admin, which lead here."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import login_webauthn
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from customerlabs.staff.attempts import PASSKEY_HERE
from customerlabs.staff.factors import has_factor, needs_factor
from customerlabs.staff.sign_ins import end_by_hand, live_of, number_in
from privacy.limits.clients import client_of
from privacy.limits.counting import spend
from privacy.same_origin import own_address


class OwnAccount(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member: Any = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "sign_ins": live_of(member),
            "here": number_in(self.request),
            "has_factor": has_factor(member),
            "needs_factor": needs_factor(member),
        }


own_account = OwnAccount.as_view()


@login_required
def end_sign_ins(request: HttpRequest) -> HttpResponse:
    """End one sign-in of one's own, or all but this one."""
    mine = live_of(request.user)
    number = request.POST.get("sign_in", "")
    known = number if number.isdecimal() and len(number) < 20 else 0
    chosen = mine.filter(pk=known) if number else mine.exclude(pk=number_in(request))
    end_by_hand(chosen, by=request.user.pk)
    return redirect("mfa_index")


def passkey_sign_in(request: HttpRequest) -> HttpResponseBase:
    """allauth's page, whose every question to a passkey makes a session: a stranger gets so many an hour."""
    if request.method != "POST" and get_adapter().is_ajax(request):
        asked = spend(PASSKEY_HERE, client_of(request))
        if asked.over:
            wait = asked.retry_after(timezone.now())
            response = render(request, "429.html", {"retry_after": wait}, status=429)
            response["Retry-After"] = str(wait)
            return response
    answer: HttpResponseBase = login_webauthn(request)
    return answer


def admin_sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin's own form knows no second factor: whoever comes to it is led to ours."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    asked = own_address(request.GET.get(REDIRECT_FIELD_NAME, ""), otherwise=reverse("admin:index"))
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: asked})}")


def admin_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    return redirect("account_change_password")


def sign_out(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    logout(request)
    return redirect("home")
