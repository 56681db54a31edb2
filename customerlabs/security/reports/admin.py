from django.contrib import admin

from customerlabs.security.reports.models import PolicyReport
from privacy.evidence import EvidenceAdmin


@admin.register(PolicyReport)
class PolicyReportAdmin(EvidenceAdmin):
    """What browsers stopped, the latest days first: a mistake of ours, or somebody's attempt."""

    list_display = ("day", "directive", "page", "blocked", "source", "times")
    list_display_links = None
    list_filter = ("directive",)
    date_hierarchy = "day"
