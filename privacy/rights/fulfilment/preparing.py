"""The admin pages on which the officer prepares what will be carried out: texts looked through, corrections said."""

from collections.abc import Callable, Sequence
from functools import wraps
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from privacy.audit.reading import read_if_shown
from privacy.rights.asking.contents import what_was_asked
from privacy.rights.fulfilment import correcting, redacting
from privacy.rights.fulfilment.models import FreeTextReview, Redaction
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn
from privacy.validation import one_line_ends

A_PAGE = 25
GONE = _("This request has been decided, or its file is gone: nothing can be prepared any more.")


class RedactionForm(forms.Form):
    text = forms.CharField(label=_("text that leaves"), strip=False, required=False, widget=AdminTextareaWidget)
    reason = forms.CharField(
        label=_("reason for what is replaced"),
        max_length=500,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("Whose rights it protects, and why that weighs more. Name nobody."),
    )

    def __init__(self, data: QueryDict | None, *, item: redacting.Item, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=item.key, initial=initial)
        self.item = item

    def clean_text(self) -> str:
        return one_line_ends(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("text") != one_line_ends(self.item.text) and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why, since the text that leaves is not the one on record."))
        return data

    @property
    def released(self) -> str:
        """The text on record as it is, when nothing was replaced in it."""
        text: str = self.cleaned_data["text"]
        return self.item.text if text == one_line_ends(self.item.text) else text


class CorrectionForm(forms.Form):
    correct = forms.BooleanField(label=_("Correct this"), required=False)
    value = forms.CharField(label=_("New value"), required=False, widget=AdminTextInputWidget)

    def __init__(self, data: QueryDict | None, *, choice: correcting.Choice, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=choice.key, initial=initial)
        self.choice = choice

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("correct"):
            try:
                data["value"] = correcting.validated(self.choice, data.get("value", ""))
            except ValidationError as error:
                self.add_error("value", error)
        return data


def for_the_officer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def checked(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("privacy.change_rightsrequest"):
            raise PermissionDenied
        rights_request = get_object_or_404(RightsRequest, pk=pk)
        if rights_request.content is None or rights_request.state not in redacting.TO_REVIEW:
            messages.warning(request, str(GONE))
            return redirect(_back(rights_request))
        return read_if_shown(request, view(request, rights_request), RightsRequest, pk)

    return admin.site.admin_view(checked)


@for_the_officer
def redactions(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """The texts, a page at a time. What is replaced is kept page by page; looking through all is confirmed once."""
    file = asked.file
    page = _number(request.GET.get("page"))
    shown = list(islice(redacting.items(asked), page * A_PAGE, (page + 1) * A_PAGE + 1))
    is_last, shown = len(shown) <= A_PAGE, shown[:A_PAGE]
    data = request.POST if request.method == "POST" else None
    made = {redaction.key: redaction for redaction in Redaction.objects.filter(file=file)}
    forms_ = [RedactionForm(data, item=item, initial=_said(made, item)) for item in shown]
    if data is not None and _all_valid(forms_):
        try:
            _save_redactions(request, asked, forms_, confirmed="confirm" in data)
        except MovedOn:
            messages.warning(request, str(GONE))
            return redirect(_back(asked))
        if "confirm" in data:
            messages.success(request, str(_("The texts are looked through.")))
            return redirect(_back(asked))
        return redirect(f"{request.path}?page={page if is_last else page + 1}")
    context = {
        **_context(request, asked, _("Free text that would leave")),
        "forms": forms_,
        "page": page,
        "number": page + 1,
        "is_last": is_last,
        "review": FreeTextReview.objects.filter(file=file).first(),
    }
    status = 422 if data is not None else 200
    return render(request, "privacy/fulfilment/admin/redactions.html", context, status=status)


@for_the_officer
def corrections(request: HttpRequest, asked: RightsRequest) -> HttpResponse:
    """Every column that can be corrected, what stands in it now, and what is to stand there."""
    data = request.POST if request.method == "POST" else None
    forms_ = [
        CorrectionForm(
            data,
            choice=choice,
            initial={"correct": choice.to is not None, "value": _first(choice)},
        )
        for choice in correcting.choices(asked)
    ]
    none_ticked = False
    if data is not None and _all_valid(forms_):
        values = {form.choice.key: form.cleaned_data["value"] for form in forms_ if form.cleaned_data["correct"]}
        none_ticked = not values
        if values:
            try:
                correcting.prepare(asked.pk, values, by=int(request.user.pk or 0))
            except MovedOn:
                messages.warning(request, str(GONE))
            else:
                messages.success(
                    request, str(_("The corrections are noted. They are applied once you grant the request."))
                )
            return redirect(_back(asked))
    context = {
        **_context(request, asked, _("What is to be corrected")),
        "what": what_was_asked(asked.file),
        "forms": forms_,
        "none_ticked": none_ticked,
    }
    status = 422 if data is not None else 200
    return render(request, "privacy/fulfilment/admin/corrections.html", context, status=status)


def _save_redactions(
    request: HttpRequest, asked: RightsRequest, forms_: list[RedactionForm], *, confirmed: bool
) -> None:
    by = int(request.user.pk or 0)
    redacting.save(
        asked.pk,
        [(form.item, form.released, form.cleaned_data["reason"]) for form in forms_],
        by=by,
        confirmed=confirmed,
    )


def _said(made: dict[str, Redaction], item: redacting.Item) -> dict[str, str]:
    one = made.get(item.key)
    return {"text": one.text, "reason": one.reason} if one else {"text": item.text, "reason": ""}


def _all_valid(forms_: Sequence[forms.Form]) -> bool:
    """Each is asked, so that each shows its errors."""
    return not [form for form in forms_ if not form.is_valid()]


def _first(choice: correcting.Choice) -> str:
    return choice.to if choice.to is not None else (choice.now[0] if choice.now else "")


def _context(request: HttpRequest, asked: RightsRequest, title: Any) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "asked": asked,
        "file": asked.file,
        "back": _back(asked),
    }


def _back(asked: RightsRequest) -> str:
    return reverse("admin:privacy_rightsrequest_change", args=[asked.pk])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else 0
