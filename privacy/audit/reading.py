"""Having each page of the admin that shows somebody's record leave its line."""

from functools import wraps
from typing import Any, TypeVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all

AdminClass = TypeVar("AdminClass", bound=type[Any])


def readings_recorded(admin_class: AdminClass) -> AdminClass:
    """A class decorator for an admin: each record whose page it shows is one entry of the audit trail.

    Below `@admin.register`. The page comes first, so that nothing is recorded that was not shown; what can't be
    recorded is not shown either.
    """
    view = admin_class.change_view

    @wraps(view)
    def change_view(self: Any, request: HttpRequest, object_id: str, *arguments: Any, **more: Any) -> HttpResponse:
        response: HttpResponse = view(self, request, object_id, *arguments, **more)
        if request.method == "GET" and response.status_code == 200:
            read(request, self.model, _key(self.model, object_id))
        return response

    change_view.is_recorded = True  # type: ignore[attr-defined]
    admin_class.change_view = change_view
    return admin_class


def read(request: HttpRequest, model: Any, key: Any, *, purpose: str = "") -> None:
    """For pages of their own: this record is shown to whoever asks."""
    record_all(AuditEntry.Action.READ, model, [key], by=request.user.pk, purpose=purpose)


def _key(model: Any, object_id: str) -> Any:
    """As the database has it, and not as an address may write it."""
    try:
        return model._meta.pk.to_python(unquote(object_id))
    except ValidationError:
        return unquote(object_id)
