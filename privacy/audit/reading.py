"""Having each page of the admin that shows somebody's record leave its line."""

from collections.abc import Collection
from functools import wraps
from typing import Any, TypeVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all

AdminClass = TypeVar("AdminClass", bound=type[Any])
Response = TypeVar("Response", bound=HttpResponseBase)


def readings_recorded(admin_class: AdminClass) -> AdminClass:
    """A class decorator for an admin: each record that a page of it shows, alone or in a list, is in the audit trail.

    Below `@admin.register`. The page comes first, so that nothing is recorded that was not shown; what can't be
    recorded is not shown either.
    """
    view, lists = admin_class.change_view, admin_class.changelist_view

    @wraps(view)
    def change_view(self: Any, request: HttpRequest, object_id: str, *arguments: Any, **more: Any) -> HttpResponse:
        response: HttpResponse = view(self, request, object_id, *arguments, **more)
        return read_if_shown(request, response, self.model, _key(self.model, object_id))

    @wraps(lists)
    def changelist_view(self: Any, request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        response: HttpResponse = lists(self, request, *arguments, **more)
        shown = getattr(response, "context_data", None) or {}
        if response.status_code == 200 and "cl" in shown:
            listed(request, self.model, [row.pk for row in shown["cl"].result_list])
        return response

    change_view.is_recorded = True  # type: ignore[attr-defined]
    admin_class.change_view = change_view
    admin_class.changelist_view = changelist_view
    return admin_class


def read(request: HttpRequest, model: Any, key: Any, *, purpose: str = "") -> None:
    """For pages of their own: this record is shown to whoever asks."""
    record_all(AuditEntry.Action.READ, model, [key], by=request.user.pk, purpose=purpose)


def read_if_shown(request: HttpRequest, response: Response, model: Any, key: Any) -> Response:
    """For pages of their own that may lead elsewhere instead: the response, recorded if it shows this record."""
    if request.method == "GET" and response.status_code == 200:
        read(request, model, key)
    return response


def listed(request: HttpRequest, model: Any, keys: Collection[Any]) -> None:
    """For lists: each of these is shown in one. Once a day for each and whoever asks, since a list is open all day."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    known = AuditEntry.objects.filter(
        table=model._meta.label_lower,
        record_id__in=[str(key) for key in keys],
        by=request.user.pk,
        action=AuditEntry.Action.LISTED,
        at__gte=today,
    )
    told = set(known.values_list("record_id", flat=True)) if keys else set()
    record_all(AuditEntry.Action.LISTED, model, [key for key in keys if str(key) not in told], by=request.user.pk)


def _key(model: Any, object_id: str) -> Any:
    """As the database has it, and not as an address may write it."""
    try:
        return model._meta.pk.to_python(unquote(object_id))
    except ValidationError:
        return unquote(object_id)
