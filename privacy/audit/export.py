"""The trail, or the part of it that was searched, as a file for an auditor; that it was taken away is in the trail."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.audit.models import AuditEntry
from privacy.audit.search import SearchForm
from privacy.audit.services import WHOLE, Action, purpose_in_words, record_all
from privacy.spreadsheet import line, title_line

PIECE = 1000


def export_entries(search: SearchForm, *, by: int | None, language: str) -> Iterator[str]:
    """Record the export, then give the file piece by piece, the newest entry first. `search` is valid.

    Each piece goes on from the last entry's place, which an index finds. Which fields were searched by is recorded, and
    never what was looked for.
    """
    record_all(Action.EXPORTED, AuditEntry, [WHOLE], by=by, details=search.ways)
    return _lines(search.narrow(AuditEntry.objects.order_by("-at", "-pk")), language)


def _lines(entries: QuerySet[AuditEntry], language: str) -> Iterator[str]:
    with override(language):
        yield title_line(
            [
                _("Number"),
                _("Date"),
                _("Action"),
                _("Account"),
                _("Job"),
                _("Table"),
                _("Record"),
                _("Details"),
                _("Purpose"),
                _("Web request"),
                _("Hash"),
            ]
        )
    rest = entries
    while piece := list(rest[:PIECE]):
        accounts = _accounts(piece)
        with override(language):
            written = "".join(line(_cells(entry, accounts)) for entry in piece)
        yield written
        last = piece[-1]
        rest = entries.filter(at__lte=last.at).filter(Q(at__lt=last.at) | Q(pk__lt=last.pk))


def _accounts(piece: list[AuditEntry]) -> dict[int, str]:
    """The address of each account that is still there."""
    accounts = get_user_model()._default_manager.filter(pk__in={entry.by for entry in piece if entry.by})
    return dict(accounts.values_list("pk", "email"))


def _cells(entry: AuditEntry, accounts: dict[int, str]) -> list[Any]:
    return [
        entry.number or "",
        timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
        entry.get_action_display(),
        accounts.get(entry.by or 0) or entry.by or "",
        entry.job,
        entry.table,
        entry.record_id,
        entry.details,
        purpose_in_words(entry.purpose),
        entry.request_id,
        entry.hash,
    ]
