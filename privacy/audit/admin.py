from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.audit.models import AuditEntry
from privacy.audit.services import entries_about, purpose_in_words
from privacy.evidence import EvidenceAdmin
from privacy.search import PrivateSearchAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(EvidenceAdmin, PrivateSearchAdmin):
    """Who did what to which record; found by the address of the person whose record it is, while it is held."""

    list_display = ("at", "action", "by_whom", "named_table", "record_id", "what_for")
    list_display_links = None
    list_filter = ("action", "table")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("record_id",)
    search_help_text = _("A whole e-mail address. It is looked up in what is held, and not stored.")
    fields = ("at", "action", "by_whom", "named_table", "record_id", "what_for")
    ordering = ("-at", "-pk")

    class Media:
        css = {"all": ["privacy/paper.css"]}

    def find(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        if not words:
            return queryset, False
        return queryset.filter(pk__in=entries_about(words)) if "@" in words else queryset.none(), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With the address of each account, while there is one."""
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        account = get_user_model()._default_manager.filter(pk=OuterRef("by")).values("email")
        return entries.annotate(account=Subquery(account))

    @admin.display(description=_("by"))
    def by_whom(self, entry: Any) -> str:
        """The account, its number when it is gone, or the job."""
        return entry.account or str(entry.by or entry.job or "–")

    @admin.display(description=_("table"), ordering="table")
    def named_table(self, entry: AuditEntry) -> str:
        try:
            return str(apps.get_model(entry.table)._meta.verbose_name)
        except LookupError:  # A table of an earlier version.
            return entry.table

    @admin.display(description=_("purpose"), ordering="purpose")
    def what_for(self, entry: AuditEntry) -> Any:
        return purpose_in_words(entry.purpose)
