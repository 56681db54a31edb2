from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.audit.reading import readings_recorded
from privacy.audit.services import Action, record_all
from privacy.confirming import ask_again
from privacy.consents.lately import DAYS, given_lately, withdrawn_lately
from privacy.consents.models import Consent
from privacy.consents.proof import as_csv, as_json, with_events
from privacy.evidence import EvidenceAdmin
from privacy.registry import registry
from privacy.search import PrivateSearchAdmin, unseal
from privacy.subjects import subject_keys

LATELY = {"given-lately": given_lately, "withdrawn-lately": withdrawn_lately}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        lately = {"days": DAYS}
        return [
            ("live", _("not ended")),
            ("ended", _("ended")),
            ("given-lately", gettext("given in the last %(days)d days") % lately),
            ("withdrawn-lately", gettext("withdrawn in the last %(days)d days") % lately),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if lately := LATELY.get(self.value() or ""):
            return lately(queryset)
        if self.value() == "live":
            return queryset.filter(ended_at=None)
        return queryset.filter(ended_at__isnull=False) if self.value() == "ended" else queryset


@admin.register(Consent)
@readings_recorded
class ConsentAdmin(EvidenceAdmin, PrivateSearchAdmin):
    """Found by a whole address, which nothing here stores; each with one page that proves it."""

    list_display = ("__str__", "of_purpose", "given_at", "ended_at")
    list_filter = (StateFilter, "purpose")
    show_facets = admin.ShowFacets.NEVER  # They count the whole table, once a choice.
    search_fields = ("subject_key",)
    search_help_text = _("A whole e-mail address. It is looked up by its key, and not stored.")
    ordering = ("-pk",)
    actions = ("take_json", "take_csv")

    class Media:
        css = {"all": ["privacy/consents.css"]}

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(self.file)
        name = "privacy_consent_file"
        return [path("<int:pk>/proof.<str:kind>", file, name=name), *super().get_urls()]

    def find(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        if not words:
            return queryset, False
        return queryset.filter(subject_key__in=subject_keys(words)) if "@" in words else queryset.none(), False

    @admin.display(description=_("purpose"), ordering="purpose")
    def of_purpose(self, consent: Consent) -> str:
        return title_of(consent)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One page an inspector can read, and print."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied  # It is evidence.
        consent = with_events(Consent.objects.filter(pk=object_id if object_id.isdecimal() else 0)).first()
        if consent is None:
            self.message_user(request, _("There is no such consent, or not any more."), messages.WARNING)
            return redirect("admin:privacy_consent_changelist")
        address = _searched(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": str(consent),
            "consent": consent,
            "purpose": title_of(consent),
            "address": address if consent.subject_key in subject_keys(address) else "",
            "printed_at": timezone.now(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "privacy/consents/admin/proof.html", context)

    def file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        consents = with_events(Consent.objects.filter(pk=pk))
        if kind not in {"json", "csv"} or not consents:
            raise Http404
        return _file(request, consents, f"consent-{pk}", kind)

    @admin.action(description=_("Take the proofs away as JSON"), permissions=["view"])
    def take_json(self, request: HttpRequest, consents: QuerySet[Consent]) -> HttpResponseBase:
        return _file(request, with_events(consents), f"consents-{timezone.localdate().isoformat()}", "json")

    @admin.action(description=_("Take the proofs away as CSV"), permissions=["view"])
    def take_csv(self, request: HttpRequest, consents: QuerySet[Consent]) -> HttpResponseBase:
        return _file(request, with_events(consents), f"consents-{timezone.localdate().isoformat()}", "csv")


def title_of(consent: Consent) -> str:
    purpose = registry.purposes.get(consent.purpose)
    return str(purpose.withdrawal.title) if purpose else consent.purpose


def _searched(request: HttpRequest) -> str:
    """The address by which this page was found, if it was: it shows that the key on record is that address's."""
    try:
        words = unseal(QueryDict(request.GET.get("_changelist_filters", "")).get(SEARCH_VAR) or "")
    except InvalidToken:
        return ""
    return words if "@" in words else ""


def _file(request: HttpRequest, consents: QuerySet[Consent], name: str, kind: str) -> HttpResponseBase:
    """The file, or the page that asks first who it is; of what was chosen nothing is kept, and it is chosen again."""
    asking = ask_again(request)
    if asking is not None:
        return asking
    record_all(Action.EXPORTED, Consent, consents.values_list("pk", flat=True), by=request.user.pk)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == "json":
        return HttpResponse(as_json(consents), content_type="application/json", headers=headers)
    return StreamingHttpResponse(as_csv(consents), content_type="text/csv; charset=utf-8", headers=headers)
