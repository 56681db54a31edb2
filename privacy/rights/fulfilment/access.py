"""Access (GDPR Art. 15, P5.1): a copy of everything held, as a readable page and as JSON, with the sheet of Art. 15."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from privacy.declarations import PersonalData
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, register_carrier
from privacy.rights.fulfilment.archive import Archive
from privacy.rights.fulfilment.contents import held_about
from privacy.rights.fulfilment.granted import granted
from privacy.rights.fulfilment.letters import queue_result
from privacy.rights.fulfilment.looked_at import looks_at
from privacy.rights.fulfilment.models import Result
from privacy.rights.fulfilment.redacting import unreviewed
from privacy.rights.fulfilment.results import Sink, keep
from privacy.rights.fulfilment.sheet import Sheet, as_json, sheet_for
from privacy.rights.kinds import Right
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import done
from privacy.templatetags.privacy import in_words


def plan(request: RightsRequest) -> Plan:
    """Every table, with how many rows would be copied."""
    file = request.content
    held = held_about(file.email) if file is not None else ()
    lines = []
    for one in held:
        rows = one.rows.count()
        lines.append(PlanLine(label=one.table.label, name=one.name, found=rows, done=rows))
    words = () if lines else (_("Nothing is held about this address: the copy says so."),)
    return Plan(lines=tuple(lines), words=words)


def carry_out(request_pk: int) -> None:
    """Make the copy and close the request, both or neither. Raises MovedOn when another worker was quicker."""
    with transaction.atomic():
        request = granted(request_pk)
        result = make(request.file)
        with translation.override(request.language):
            note = _("Your copy is ready on the page of your request, for %(time)s.")
            done(request_pk, note=note % {"time": in_words(settings.RESULT_LIFE)}, tell=False)
        queue_result(result)


def make(file: CaseFile) -> Result:
    """The copy as it stands now. To be called in a transaction."""
    request = file.request

    def write(sink: Sink) -> None:
        with translation.override(request.language):
            write_copy(file, sink)

    with translation.override(request.language):
        name = _("my-data-%(reference)s.zip") % {"reference": request.reference}
    return keep(file, Result.Kind.ACCESS, write, name=name)


def write_copy(file: CaseFile, sink: Sink) -> None:
    """In the language in force."""
    tables = [held.table for held in held_about(file.email)]
    sheet = sheet_for(tables)
    with Archive(sink) as archive:
        archive.add(_("my-data.html"), _page(file, tables, sheet))
        archive.add(_("my-data.json"), _json(file, sheet))
        archive.add_manifest()


def _page(file: CaseFile, tables: list[PersonalData], sheet: Sheet) -> Iterator[str]:
    context: dict[str, Any] = {
        "reference": file.request.reference,
        "language": file.request.language,
        "address": file.email,
        "sheet": sheet,
        "nothing": not tables,
        "made_at": timezone.now(),
        "controller": settings.CONTROLLER,
    }
    yield render_to_string("privacy/fulfilment/copy_head.html", context)
    for held in held_about(file.email, file):
        yield format_html("<section><h3>{}</h3>\n", held.name)
        for row in held.texts():
            if row:
                yield format_html("<dl>{}</dl>\n", format_html_join("", "<dt>{}</dt><dd>{}</dd>", row))
        yield "</section>\n"
    yield format_html("<h2>{}</h2>\n", _("When our staff looked at your data, and why"))
    seen = False
    for at, purpose in looks_at(file.email):
        yield "" if seen else "<ul>\n"
        yield format_html("<li>{} – {}</li>\n", date_format(timezone.localtime(at), "DATETIME_FORMAT"), purpose)
        seen = True
    yield "</ul>\n" if seen else format_html("<p>{}</p>\n", _("No consultation is on record."))
    yield "</main>\n</body>\n</html>\n"


def _json(file: CaseFile, sheet: Sheet) -> Iterator[str]:
    """One object, written as it is read: a row a line."""
    yield '{\n"article_15": ' + _dumped(as_json(sheet)) + ",\n"
    yield '"address": ' + _dumped(file.email) + ',\n"tables": ['
    before = ""
    for held in held_about(file.email, file):
        yield f'{before}\n{{"table": {_dumped(held.table.label)}, "title": {_dumped(held.name)}, "rows": ['
        separator = "\n"
        for values in held.values():
            yield separator + _dumped(values)
            separator = ",\n"
        yield "\n]}"
        before = ","
    yield '\n],\n"consultations": ['
    before = ""
    for at, purpose in looks_at(file.email):
        yield f"{before}\n" + _dumped({"at": at.isoformat(), "purpose": str(purpose)})
        before = ","
    yield "\n]\n}\n"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


register_carrier(
    Carrier(
        right=Right.ACCESS,
        plan=plan,
        carry_out=carry_out,
        unready=unreviewed,
        prepare="admin:rights-redactions",
    )
)
