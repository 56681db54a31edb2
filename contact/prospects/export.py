"""The list of live prospects as a file, for the DPO, with a record of who took it and what for."""

from collections.abc import Iterator
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from contact.prospects.models import ExportRecord, Prospect
from privacy.audit.services import Action, record_all
from privacy.spreadsheet import line, title_line

CHUNK = 1000


def export_prospects(*, by: Any, reason: str, language: str) -> Iterator[str]:
    """Record the export, then give the file piece by piece, its columns named in `language`.

    Each piece asks again who may be written to, so whoever unsubscribes during a long download is left out of the
    rest. What a spreadsheet would run as a formula is defused. The record is written before the first line leaves; the
    number of people follows, and whether the download came to its end.
    """
    record = ExportRecord.objects.create(by=by, reason=reason)
    return _lines(record, language)


def _lines(record: ExportRecord, language: str) -> Iterator[str]:
    with override(language):
        titles = [
            _("First name"),
            _("Last name"),
            _("E-mail address"),
            _("Language"),
            _("Last contact"),
            _("Kept until"),
        ]
    yield title_line(titles)
    last = 0
    while chunk := list(Prospect.objects.confirmed().filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        record_all(Action.EXPORTED, Prospect, [prospect.pk for prospect in chunk], by=record.by_id)
        record.people += len(chunk)
        record.save(update_fields=["people"])
        with override(language):
            lines = [line(_cells(prospect)) for prospect in chunk]
        yield "".join(lines)
    record.is_complete = True
    record.save(update_fields=["is_complete"])


def _cells(prospect: Prospect) -> list[str]:
    dates = (prospect.last_contact_at, prospect.expires_at)
    return [
        prospect.first_name,
        prospect.last_name,
        prospect.email,
        prospect.get_language_display(),
        *(formats.date_format(timezone.localtime(date), "Y-m-d") if date else "" for date in dates),
    ]
