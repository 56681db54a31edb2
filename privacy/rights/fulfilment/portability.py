"""Portability (GDPR Art. 20, P5.7): JSON with its schema, and CSV; for the person, and for whom they name."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from privacy.registry import registry
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, register_carrier
from privacy.rights.fulfilment.archive import Archive
from privacy.rights.fulfilment.contents import Held, redactions_of
from privacy.rights.fulfilment.granted import granted
from privacy.rights.fulfilment.letters import queue_result, queue_transfer
from privacy.rights.fulfilment.models import Result
from privacy.rights.fulfilment.portable import given_on_consent, portable_tables, schema
from privacy.rights.fulfilment.redacting import unreviewed
from privacy.rights.fulfilment.results import Sink, keep
from privacy.rights.kinds import Right
from privacy.rights.models import CaseFile, CaseParty, RightsRequest
from privacy.rights.states import done
from privacy.spreadsheet import line, title_line
from privacy.templatetags.privacy import in_words


def plan(request: RightsRequest) -> Plan:
    file = request.content
    if file is None:
        return Plan()
    lines = []
    for held in _held(file):
        rows = held.rows.count()
        lines.append(PlanLine(label=held.table.label, name=held.name, found=rows, done=rows))
    words = [] if lines else [_("This person has provided nothing that is held on their consent: the file is empty.")]
    words += [
        _("It is also sent to %(name)s, %(email)s, through a link that works once.")
        % {"name": party.name, "email": party.email}
        for party in recipients(file)
    ]
    return Plan(lines=tuple(lines), words=tuple(words))


def carry_out(request_pk: int) -> None:
    """Make the files and close the request, all or nothing. Raises MovedOn when another worker was quicker."""
    with transaction.atomic():
        request = granted(request_pk)
        results = make(request.file)
        with translation.override(request.language):
            note = _("Your file is ready on the page of your request, for %(time)s.")
            done(request_pk, note=note % {"time": in_words(settings.RESULT_LIFE)}, tell=False)
        for result in results:
            if result.recipient is None:
                queue_result(result)
            else:
                queue_transfer(result)


def make(file: CaseFile) -> list[Result]:
    """One for the person, and one for each third party they name. To be called in a transaction."""
    return [_made(file, None), *(_made(file, party) for party in recipients(file))]


def recipients(file: CaseFile) -> list[CaseParty]:
    named = CaseParty.objects.filter(file=file, role=CaseParty.Role.RECIPIENT).exclude(email="")
    return list(named.order_by("pk"))


def _made(file: CaseFile, recipient: CaseParty | None) -> Result:
    language = file.request.language

    def write(sink: Sink) -> None:
        with translation.override(language):
            write_files(file, sink)

    name = f"portability-{file.request.reference}.zip"
    return keep(file, Result.Kind.PORTABILITY, write, name=name, recipient=recipient)


def write_files(file: CaseFile, sink: Sink) -> None:
    with Archive(sink) as archive:
        archive.add("data.json", _json(file))
        archive.add("schema.json", [json.dumps(schema(), ensure_ascii=False, indent=2)])
        for held in _held(file):
            archive.add(f"{held.table.label}.csv", _csv(held))
        archive.add_manifest()


def _held(file: CaseFile) -> Iterator[Held]:
    redacted = redactions_of(file)
    for table in portable_tables():
        rows = registry.rows_in(table, file.email)
        if rows is not None and rows.exists():
            fields = table.model._meta.get_field
            columns: Any = [fields(name) for name in given_on_consent(table)]
            yield Held(table=table, rows=rows, columns=columns, redacted=redacted)


def _json(file: CaseFile) -> Iterator[str]:
    head = {
        "schema": f"{settings.SITE_URL}/portability.schema.json",
        "controller": settings.CONTROLLER.identity,
        "made_at": timezone.now().isoformat(),
        "address": file.email,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {'
    before = ""
    for held in _held(file):
        yield f"{before}\n{json.dumps(held.table.label)}: ["
        separator = "\n"
        for values in held.values():
            yield separator + json.dumps(values, ensure_ascii=False)
            separator = ",\n"
        yield "\n]"
        before = ","
    yield "\n}}\n"


def _csv(held: Held) -> Iterator[str]:
    yield title_line(column.name for column in held.columns)
    for values in held.values():
        yield line(values.values())


register_carrier(
    Carrier(
        right=Right.PORTABILITY,
        plan=plan,
        carry_out=carry_out,
        unready=unreviewed,
        prepare="admin:rights-redactions",
    )
)
