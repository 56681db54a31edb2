from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst

from cookies.audience import chart
from cookies.audience.models import AudienceCount
from privacy.evidence import EvidenceAdmin
from privacy.registry import column_of


@admin.register(AudienceCount)
class AudienceCountAdmin(EvidenceAdmin):
    """A chart and three tables instead of a list of rows."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        tables = [
            (column_of(AudienceCount, column).verbose_name, chart.most(column))
            for column in ("page", "language", "referrer")
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
            "chart": chart.last_days(),
            "tables": tables,
            "is_counted": settings.AUDIENCE,
        }
        return render(request, "cookies/admin/audience.html", context)
