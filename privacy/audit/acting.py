"""What every page of the admin stands on: a change made there is in the trail, and not in Django's own log (P7.2)."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from privacy.audit.services import Action, record, record_all

Row = TypeVar("Row", bound=Model)


class RecordedAdmin(admin.ModelAdmin[Row]):
    """Who added, changed or deleted which record, and which columns: never a value, nor what the record is called.

    Django's log would keep both, and show a record by its name.
    """

    services_record = False
    """Whether what is saved here goes through services that write their own lines."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The names of the columns, as `log_change` gets them."""
        return list(form.changed_data)

    def log_addition(self, request: HttpRequest, obj: Any, message: Sequence[str]) -> Any:
        if not self.services_record:
            record(Action.ADDED, obj, by=request.user.pk)

    def log_change(self, request: HttpRequest, obj: Any, message: Sequence[str]) -> Any:
        return None if self.services_record else record(Action.CHANGED, obj, by=request.user.pk, details=message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        """Before they go, as Django calls it."""
        record_all(Action.DELETED, self.model, [obj.pk for obj in queryset], by=request.user.pk)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A record's history is what the trail has of it, for whoever may see both."""
        from privacy.audit.search import typed_in
        from privacy.search import seal  # Its admin stands on this one.

        if not (self.has_view_permission(request) and request.user.has_perm("privacy.view_auditentry")):
            raise PermissionDenied
        of_it = seal(typed_in({"table": self.model._meta.label_lower, "record_id": unquote(object_id)}))
        return redirect(f"{reverse('admin:privacy_auditentry_changelist')}?{SEARCH_VAR}={of_it}")
