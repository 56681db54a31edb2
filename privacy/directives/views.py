from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from privacy.directives.forms import ChangeForm
from privacy.directives.letters import CHANGE
from privacy.directives.models import Directive
from privacy.directives.services import change, revoke
from privacy.links import signed
from privacy.links.pages import token_page


@token_page
def change_directive(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the receipt: GET shows what is registered, POST changes or revokes it."""
    number = signed.unsign(CHANGE, token)
    directive = Directive.objects.filter(pk=number, ended_at=None).first() if number is not None else None
    if directive is None:
        return render(request, "privacy/link_gone.html", status=410)
    if request.method == "POST" and request.POST.get("do") == "revoke":
        revoke(directive.pk, language=get_language() or settings.LANGUAGE_CODE)
        return redirect("directive-revoked")
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=_as_it_stands(directive))
    if request.method == "POST" and form.is_valid():
        change(directive.pk, **form.cleaned_data)
        return redirect("directive-changed")
    context = {"form": form, "directive": directive}
    return render(request, "privacy/directives/change.html", context, status=422 if form.errors else 200)


def _as_it_stands(directive: Directive) -> dict[str, Any]:
    executor = directive.executors.first()
    return {
        "wish": directive.wish,
        "beneficiary": directive.beneficiary,
        "executor": executor.name if executor else "",
        "executor_email": executor.email if executor else "",
    }


def changed(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/directives/changed.html")


def revoked(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/directives/revoked.html")
