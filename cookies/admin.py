"""What the officer may read of choices. Nothing here can be written."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cookies.audience import admin as audience_admin
from cookies.models import CatalogueVersion, ChoiceEvent, RefusalCount, StoppedCookie
from privacy.evidence import EvidenceAdmin
from privacy.search import PrivateSearchAdmin

__all__ = ["audience_admin"]


@admin.register(ChoiceEvent)
class ChoiceEventAdmin(PrivateSearchAdmin, EvidenceAdmin):
    """Found by the number that a visitor quotes."""

    list_display = ("number", "kind", "purposes", "version", "language", "at", "ends_at")
    list_filter = ("kind", "language")
    list_select_related = ("version",)
    fields = ("number", "kind", "purposes", "version", "language", "at", "ends_at")
    search_fields = ("=number",)
    search_help_text = _("The whole number, as the visitor quotes it.")
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER  # They count the whole table, once a choice.


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(EvidenceAdmin):
    list_display = ("__str__", "asked", "recorded_at")
    fields = ("recorded_at", "digest", "asked", "text_fr", "text_en", "catalogue")


@admin.register(RefusalCount)
class RefusalCountAdmin(EvidenceAdmin):
    list_display = ("day", "count")


@admin.register(StoppedCookie)
class StoppedCookieAdmin(EvidenceAdmin):
    list_display = ("day", "reason", "count")
    list_filter = ("reason",)
