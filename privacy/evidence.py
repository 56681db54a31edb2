"""Admin pages for what proves something: it can be read, and nothing more."""

from typing import Any

from django.http import HttpRequest

from privacy.audit.acting import RecordedAdmin


class EvidenceAdmin(RecordedAdmin[Any]):
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
