from django.contrib import admin

from privacy.consents.models import ConsentEvent
from privacy.evidence import EvidenceAdmin


@admin.register(ConsentEvent)
class ConsentEventAdmin(EvidenceAdmin):
    list_display = ("__str__", "kind", "purpose", "language", "form", "at")
    list_filter = ("purpose", "language")
    list_select_related = ("wording",)
    fields = ("kind", "purpose", "wording", "language", "form", "at", "subject_key")
    ordering = ("-pk",)
