"""Recipients to tell of a correction or an erasure: the officer ticks off whom they told, or says why they can't."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from privacy.audit.acting import RecordedAdmin
from privacy.rights.fulfilment import preparing
from privacy.rights.fulfilment.models import RecipientNotice
from privacy.rights.fulfilment.notices import settle

State = RecipientNotice.State
OPEN = (State.TO_TELL, State.WRITTEN)


class SettleForm(forms.ModelForm[RecipientNotice]):
    state = forms.ChoiceField(
        label=_("state"), choices=[(State.TOLD, State.TOLD.label), (State.IMPOSSIBLE, State.IMPOSSIBLE.label)]
    )

    class Meta:
        model = RecipientNotice
        fields = ("state", "because")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("state") == State.IMPOSSIBLE and not data.get("because", "").strip():
            self.add_error("because", _("Say why: their person may ask (GDPR Art. 19)."))
        return data


@admin.register(RecipientNotice)
class RecipientNoticeAdmin(RecordedAdmin[RecipientNotice]):
    list_display = ("recipient", "request", "state", "made_at", "told_at")
    list_filter = ("state",)
    list_select_related = ("request",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    form = SettleForm
    fields = ("request", "recipient", "made_at", "state", "because")
    readonly_fields = ("request", "recipient", "made_at")

    def get_urls(self) -> list[Any]:
        """The pages on which the officer prepares a request stand here, too: their rights are the same."""
        return [
            path("<int:pk>/free-text/", preparing.redactions, name="rights-redactions"),
            path("<int:pk>/corrections/", preparing.corrections, name="rights-corrections"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RecipientNotice | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: RecipientNotice | None = None) -> bool:
        return (obj is None or obj.state in OPEN) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: RecipientNotice, form: Any, change: bool) -> None:
        settle(obj, State(obj.state), by=int(request.user.pk or 0), because=obj.because)
