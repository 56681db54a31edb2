"""The report in the admin: a page that prints well, and the same as CSV. It shows nobody, so no reading is recorded."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.breaches.models import Breach
from privacy.commitments.models import WatchedCommitment
from privacy.panels import sees
from privacy.report.figures import Table, tables, years
from privacy.rights.models import RightsRequest
from privacy.spreadsheet import line, title_line


def for_the_officer(view: Callable[[HttpRequest, int], HttpResponse]) -> Callable[..., HttpResponse]:
    """Staff who may see rights requests, breaches and commitments; a year whose records are not whole is not found."""

    @wraps(view)
    def checked(request: HttpRequest, year: int | None = None) -> HttpResponse:
        if not all(sees(request.user, model) for model in (RightsRequest, Breach, WatchedCommitment)):
            raise PermissionDenied
        if year is not None and year not in years():
            raise Http404
        return view(request, year or years()[0])

    return admin.site.admin_view(checked)


@for_the_officer
def report(request: HttpRequest, year: int) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Rights, breaches and commitments in %(year)d") % {"year": year},
        "controller": settings.CONTROLLER,
        "year": year,
        "years": years(),
        "is_over": year != years()[0],
        "tables": tables(year),
        "printed_on": timezone.localdate(),
    }
    return render(request, "privacy/report.html", context)


@for_the_officer
def report_as_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Each table with its title and columns, parted by an empty line."""
    response = HttpResponse(_lines(tables(year)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{year}.csv"'
    return response


def _lines(shown: list[Table]) -> Iterator[str]:
    for number, table in enumerate(shown):
        yield title_line([table.title]) if number == 0 else line([]) + line([table.title])
        yield line(table.columns)
        for row in table.rows:
            yield line(row)
        if not table.rows:
            yield line([table.nothing])
