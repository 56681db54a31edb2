from django.contrib import admin

from privacy.consents.models import Consent
from privacy.evidence import EvidenceAdmin


@admin.register(Consent)
class ConsentAdmin(EvidenceAdmin):
    list_display = ("__str__", "purpose", "given_at", "ended_at")
    ordering = ("-pk",)
