"""The page where the officer decides: the dry run first, then the decision, once they have shown who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.confirming import ask_again
from privacy.rights.carrying_out import carriers
from privacy.rights.desk import services
from privacy.rights.desk.forms import DecisionForm
from privacy.rights.desk.page import context_of
from privacy.rights.kinds import Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn, NotAllowed


def decision_page(admin: Any, request: HttpRequest, shown: RightsRequest) -> HttpResponseBase:
    """GET shows what would be done, table by table; POST decides."""
    page = reverse("admin:privacy_rightsrequest_change", args=[shown.pk])
    if shown.state not in {State.OPEN, State.DOUBT} or shown.right == Right.QUESTION:
        messages.warning(request, _("There is nothing to decide about this request now."))
        return HttpResponseRedirect(page)
    if request.method != "POST":
        return _page(admin, request, shown, DecisionForm(shown))
    form = DecisionForm(shown, request.POST)
    if request.POST.get("do") == "insert":
        return _page(admin, request, shown, _with_template(shown, form))
    if not form.is_valid():
        return _page(admin, request, shown, form, status=422)
    carrier = carriers.of(shown)
    if carrier and carrier.asks_who and form.cleaned_data["decision"] != DecisionForm.REFUSE:
        asking = ask_again(request, keep=True)
        if asking is not None:
            return asking
    try:
        _decide(shown, int(request.user.pk or 0), form.cleaned_data)
    except MovedOn:
        messages.error(request, _("Somebody was quicker: this request has changed. Nothing of yours was done yet."))
        return HttpResponseRedirect(page)
    except NotAllowed as reason:
        form.add_error(None, str(reason))
        return _page(admin, request, shown, form, status=409)
    if form.cleaned_data["decision"] == DecisionForm.REFUSE:
        messages.success(request, _("The request is refused, and the person told."))
    else:
        messages.success(request, _("The request is granted: it is being carried out."))
    return HttpResponseRedirect(page)


def _decide(shown: RightsRequest, user: int, data: dict[str, Any]) -> None:
    if data["decision"] == DecisionForm.REFUSE:
        services.refuse(shown.pk, by=user, seen=data["seen"], ground=data["ground"], words=data["words"])
    else:
        partly = data["ground"] if data["decision"] == DecisionForm.PARTLY else ""
        services.grant(shown.pk, by=user, seen=data["seen"], partly=partly, words=data["words"])


def _with_template(shown: RightsRequest, form: DecisionForm) -> DecisionForm:
    """The template's text after what was typed, in the person's language."""
    form.full_clean()
    fresh = DecisionForm(shown)
    fresh.initial.update({name: form.data.get(name, "") for name in ("decision", "ground", "words", "template")})
    template = form.cleaned_data.get("template")
    if template is None:
        return fresh
    typed = form.data.get("words", "").strip()
    text = template.body_in(shown.language)
    fresh.initial.update(words=f"{typed}\n\n{text}" if typed else text, template="")
    return fresh


def _page(
    admin: Any, request: HttpRequest, shown: RightsRequest, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    carrier = carriers.of(shown)
    context = context_of(admin, request, shown) | {
        "subtitle": _("Look and decide"),
        "form": form,
        "plan": carrier.plan(shown) if carrier else None,
        "unready": carrier.unready(shown) if carrier else "",
        "prepare": reverse(carrier.prepare, args=[shown.pk]) if carrier and carrier.prepare else "",
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "privacy/rights/desk/decide.html", context, status=status)
