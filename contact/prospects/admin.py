from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from contact.prospects.export import export_prospects
from contact.prospects.models import ExportRecord, Prospect
from contact.prospects.services import unsubscribe
from privacy.audit.reading import listed, readings_recorded
from privacy.audit.services import Action, record
from privacy.confirming import ask_again
from privacy.consents.withdrawal import Way
from privacy.evidence import EvidenceAdmin
from privacy.registry import registry
from privacy.restrictions.keeping import is_restricted
from privacy.search import PrivateSearchAdmin

READ = ("name", "email", "language", "state", "asked_at", "pending_until", "last_contact_at", "expires")


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("confirmed", _("confirmed")), ("pending", _("waiting for their confirmation"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "confirmed":
            return queryset.filter(pending_until=None)
        return queryset.filter(pending_until__isnull=False) if self.value() == "pending" else queryset


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("What is this file for?"),
        max_length=ExportRecord.LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=_("Kept for 12 months with your name, the time and the number of people. Name nobody here."),
    )


@admin.register(Prospect)
@readings_recorded
class ProspectAdmin(PrivateSearchAdmin):
    """Read only: what a prospect says about themselves is theirs. Two things can be done: unsubscribe, and export."""

    list_display = ("reference", "name", "email", "language", "state", "last_contact_at", "expires")
    list_filter = (StateFilter, "language")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # They count the whole table, once a choice.
    search_fields = ("first_name", "last_name", "email")
    search_help_text = _("A name or an address, or a part of one.")
    ordering = ("-pk",)
    fields = readonly_fields = READ
    actions = ("unsubscribe_on_request",)
    change_list_template = "contact/prospects/change_list.html"
    change_form_template = "contact/prospects/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row is not simply deleted: unsubscribing keeps the proof."""
        return False

    def has_unsubscribe_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("contact.delete_prospect")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prospect]:
        """With the restricted ones, marked in words: the officer decides about them (P5.4)."""
        mark = ExpressionWrapper(is_restricted(registry.table(Prospect)), output_field=BooleanField())
        prospects: QuerySet[Prospect] = super().get_queryset(request)
        return prospects.annotate(is_restricted=mark)

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="contact_prospect_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        can_export = request.user.has_perm("contact.add_exportrecord")
        return super().changelist_view(request, {**(extra_context or {}), "can_export": can_export})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["can_unsubscribe"] = self.has_unsubscribe_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Unsubscribe, as they asked"), permissions=["unsubscribe"])
    def unsubscribe_on_request(self, request: HttpRequest, prospects: QuerySet[Prospect]) -> HttpResponseBase | None:
        """Somebody asked by telephone or by mail. A page asks first, since a prospect can't be brought back."""
        asking = ask_again(request)  # Nothing is kept: without the list's filters it could mean others.
        if asking is not None:
            return asking
        chosen = list(prospects)
        if "sure" not in request.POST:
            listed(request, Prospect, [prospect.pk for prospect in chosen])
            title = _("Unsubscribe, as they asked")
            context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "chosen": chosen}
            return render(request, "contact/prospects/unsubscribe.html", context)
        done = [prospect for prospect in chosen if _unsubscribed(prospect, by=request.user.pk)]
        self.message_user(
            request,
            ngettext("%(number)d person is unsubscribed.", "%(number)d people are unsubscribed.", len(done))
            % {"number": len(done)},
        )
        return None

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """GET asks what for, POST gives the file."""
        if not (request.user.has_perm("contact.add_exportrecord") and self.has_view_permission(request)):
            raise PermissionDenied
        asking = ask_again(request, keep=True)
        if asking is not None:
            return asking
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return _file(request, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export the people who may be written to"),
            "form": form,
            "number": Prospect.objects.confirmed().count(),
        }
        return render(request, "contact/prospects/export.html", context)

    @admin.display(description=_("prospect"), ordering="pk")
    def reference(self, prospect: Prospect) -> str:
        return str(prospect.pk)

    @admin.display(description=_("name"))
    def name(self, prospect: Prospect) -> str:
        return prospect.name

    @admin.display(description=_("state"))
    def state(self, prospect: Prospect) -> Any:
        state = _("waiting for their confirmation") if prospect.pending_until else _("confirmed")
        if getattr(prospect, "is_restricted", False):
            return f"{state}, {pgettext('request', 'restricted: stored and nothing else')}"
        return state

    @admin.display(description=_("deleted on"))
    def expires(self, prospect: Prospect) -> str:
        end = prospect.expires_at
        return formats.date_format(timezone.localtime(end), "DATETIME_FORMAT") if end else "–"


@admin.register(ExportRecord)
class ExportRecordAdmin(EvidenceAdmin):
    list_display = ("__str__", "at", "by_whom", "reason", "people", "is_complete")
    list_select_related = ("by",)
    fields = ("at", "by_whom", "reason", "people", "is_complete")
    ordering = ("-at",)

    @admin.display(description=_("by"))
    def by_whom(self, record: ExportRecord) -> str:
        return record.by.get_full_name() or record.by.email


def _unsubscribed(prospect: Prospect, *, by: int | None) -> bool:
    with transaction.atomic():
        done = unsubscribe(prospect.email, way=Way.STAFF, language=prospect.language)
        if done:
            record(Action.DELETED, prospect, by=by, details=("unsubscribed on request",))
    return done


def _file(request: HttpRequest, reason: str) -> StreamingHttpResponse:
    lines = export_prospects(by=request.user, reason=reason, language=get_language() or "")
    name = f"prospects-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
