"""The record in the admin: a page that prints well, and the same as CSV and JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.record.entries import Entry, as_json, country_name, entries, in_language
from privacy.spreadsheet import line, title_line


def for_the_officer(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed-in staff with the right to see the versions of the policy: the DPO and administrators."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("privacy.view_policyversion"):
            raise PermissionDenied
        return view(request)

    return admin.site.admin_view(checked)


@for_the_officer
def record(request: HttpRequest) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Record of processing activities"),
        "controller": settings.CONTROLLER,
        "entries": list(entries()),
        "processors": [
            {
                "processor": processor,
                "what_for": in_language(processor.what_for),
                "country": country_name(processor.country),
                "safeguards": in_language(processor.safeguards),
                "is_due": processor.review <= timezone.localdate(),
            }
            for processor in settings.PROCESSORS
        ],
        "printed_on": timezone.localdate(),
    }
    return render(request, "privacy/record.html", context)


@for_the_officer
def record_as_json(request: HttpRequest) -> HttpResponse:
    return _to_keep(JsonResponse(as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2}), "json")


@for_the_officer
def record_as_csv(request: HttpRequest) -> HttpResponse:
    """One line an activity; several values of a cell are parted by line breaks."""
    lines = [line(_cell(entry, name) for name in COLUMNS) for entry in entries()]
    titles = title_line(title() for title in COLUMNS.values())
    return _to_keep(HttpResponse([titles, *lines], content_type="text/csv; charset=utf-8"), "csv")


COLUMNS: dict[str, Callable[[], str]] = {
    "name": lambda: _("Activity"),
    "purpose": lambda: _("Purpose"),
    "basis": lambda: _("Legal basis"),
    "people": lambda: _("Data subjects"),
    "categories": lambda: _("Categories of data"),
    "recipients": lambda: _("Recipients"),
    "processors": lambda: _("Processors"),
    "transfers": lambda: _("Transfers outside the EEA"),
    "retention": lambda: _("Retention"),
    "security": lambda: _("Security measures"),
}


def _cell(entry: Entry, name: str) -> str:
    value: Any = getattr(entry, name)
    return value if isinstance(value, str) else "\n".join(value)


def _to_keep(response: HttpResponse, kind: str) -> HttpResponse:
    name = f"record-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
