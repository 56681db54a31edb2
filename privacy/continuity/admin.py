from django.contrib import admin

from privacy.continuity.models import Backup, Drill
from privacy.evidence import EvidenceAdmin


@admin.register(Backup)
class BackupAdmin(EvidenceAdmin):
    list_display = ("name", "made_at", "kind", "state", "size", "rows", "deleted_at", "error")
    list_filter = ("state", "kind")
    ordering = ("-made_at",)


@admin.register(Drill)
class DrillAdmin(EvidenceAdmin):
    list_display = ("__str__", "started_at", "passed", "backup", "data_from", "seconds", "rows", "lines")
    list_filter = ("passed",)
    ordering = ("-started_at",)
