"""Who of the staff did what to which record, when and what for. Never with the data itself (P5.1, P7.2)."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.audit.export import export_entries
from privacy.audit.models import AuditEntry
from privacy.audit.search import SearchForm, form_of, typed_in
from privacy.audit.services import purpose_in_words
from privacy.audit.steps import in_words
from privacy.confirming import ask_again
from privacy.evidence import EvidenceAdmin
from privacy.search import PrivateSearchAdmin, seal
from privacy.uncounted import UncountedChangeList


class TrailChangeList(UncountedChangeList):
    @property
    def form(self) -> SearchForm:
        return form_of(self.words)


@admin.register(AuditEntry)
class AuditEntryAdmin(EvidenceAdmin, PrivateSearchAdmin):
    """Who did what to which record; found by whose record it is too, while that is held."""

    change_list_template = "privacy/audit/change_list.html"
    list_display = ("at", "action", "by_whom", "named_table", "record_id", "what_for", "what")
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    fields = (
        *("number", "at", "action", "by_whom", "job", "named_table", "record", "what", "what_for"),
        *("web_request", "before", "hash"),
    )
    ordering = ("-at", "-pk")

    class Media:
        css = {"all": ["privacy/paper.css", "privacy/audit.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TrailChangeList

    def typed(self, request: HttpRequest) -> str:
        return typed_in(request.POST)

    def find(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        form = form_of(words)
        return (form.narrow(queryset) if form.is_valid() else queryset.none()), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.method == "POST" and "_export" in request.POST:
            if not self.has_view_permission(request):
                raise PermissionDenied
            asking = ask_again(request)  # Whom they look for is not kept meanwhile: they press again.
            if asking is not None:
                return asking
            form = SearchForm(request.POST)
            return _file(request, form) if form.is_valid() else self._list(request, seal(self.typed(request)))
        return super().changelist_view(
            request, {"title": capfirst(str(self.opts.verbose_name_plural)), **(extra_context or {})}
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With the address of each account, while there is one."""
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        account = get_user_model()._default_manager.filter(pk=OuterRef("by")).values("email")
        return entries.annotate(account=Subquery(account))

    @admin.display(description=_("by"))
    def by_whom(self, entry: Any) -> str:
        """The account, its number when it is gone, or the job."""
        return entry.account or str(entry.by or entry.job or "–")

    @admin.display(description=_("table"))
    def named_table(self, entry: AuditEntry) -> str:
        try:
            return capfirst(str(apps.get_model(entry.table)._meta.verbose_name))
        except LookupError:  # A table of an earlier version.
            return entry.table

    @admin.display(description=_("details"))
    def what(self, entry: AuditEntry) -> str:
        return in_words(entry) or "–"

    @admin.display(description=_("purpose"))
    def what_for(self, entry: AuditEntry) -> Any:
        return purpose_in_words(entry.purpose) or "–"

    @admin.display(description=_("record"))
    def record(self, entry: AuditEntry) -> Any:
        """With a link to its page, where it has one; whether it is still there shows on it."""
        if not entry.record_id:
            return "–"
        try:
            page = reverse(f"admin:{entry.table.replace('.', '_')}_change", args=[entry.record_id])
        except NoReverseMatch:
            return entry.record_id
        return format_html('<a href="{}">{}</a>', page, entry.record_id)

    @admin.display(description=_("web request"))
    def web_request(self, entry: AuditEntry) -> Any:
        """With a link to all that was done in it."""
        if not entry.request_id:
            return "–"
        everything = seal(typed_in({"request_id": entry.request_id}))
        page = f"{reverse('admin:privacy_auditentry_changelist')}?{SEARCH_VAR}={everything}"
        return format_html('{} (<a href="{}">{}</a>)', entry.request_id, page, _("all that was done in it"))


def _file(request: HttpRequest, search: SearchForm) -> HttpResponse | StreamingHttpResponse:
    lines = export_entries(search, by=request.user.pk, language=get_language() or "")
    name = f"audit-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
