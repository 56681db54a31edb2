from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.evidence import EvidenceAdmin
from privacy.retention.models import RetentionCount, RetentionRun


class RetentionCountInline(admin.TabularInline[RetentionCount, RetentionRun]):
    model = RetentionCount
    fields = ("rule", "cutoff", "rows", "with_them", "error")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RetentionRun)
class RetentionRunAdmin(EvidenceAdmin):
    list_display = ("__str__", "trigger", "dry_run", "started_at", "finished_at", "outcome", "rows")
    list_filter = ("outcome", "trigger", "dry_run")
    inlines = (RetentionCountInline,)
    ordering = ("-started_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetentionRun]:
        runs: QuerySet[RetentionRun] = super().get_queryset(request)
        return runs.annotate(total=Sum("counts__rows"))

    @admin.display(description=_("rows"))
    def rows(self, run: Any) -> int:
        return run.total or 0
