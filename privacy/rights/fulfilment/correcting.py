"""Rectification (GDPR Art. 16, P5.2): the officer says what is to stand in each column, the worker applies it at once.

No value, old or new, is written anywhere but in the correction, which goes with the file of its request.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from privacy.audit import services as audit
from privacy.audit.services import Action
from privacy.continuity import formerly
from privacy.continuity.ledger import Kind as LedgerKind
from privacy.continuity.ledger import record
from privacy.declarations import PersonalData
from privacy.registry import Registry, column_of, registry
from privacy.rekeying import carry_over
from privacy.restrictions.services import at_their_wish
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, needs_address, register_carrier
from privacy.rights.fulfilment import notices
from privacy.rights.fulfilment.contents import AnyField, titled
from privacy.rights.fulfilment.foreseeing import name_of
from privacy.rights.fulfilment.granted import granted
from privacy.rights.fulfilment.models import Correction
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import done, locked
from privacy.subjects import subject_key, subject_keys

TO_PREPARE = (State.OPEN, State.DOUBT)
SHOWN = 20
"""Different values of one column that the officer is shown."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One column that can be corrected: what stands in it now, and what is to stand there, or None."""

    table: PersonalData
    column: str
    now: list[str]
    rows: int
    to: str | None

    @property
    def key(self) -> str:
        return f"{self.table.label}:{self.column}"

    @property
    def name(self) -> str:
        return titled(self.table, self.column)

    @property
    def of_table(self) -> str:
        return name_of(self.table.label)

    @property
    def field(self) -> AnyField:
        return column_of(self.table.model, self.column)

    @property
    def is_address(self) -> bool:
        return self.table.person is not None and self.table.person.address == self.column


def choices(request: RightsRequest, among: Registry = registry) -> Iterator[Choice]:
    """Every rectifiable column of every table in which the person is found."""
    file = request.content
    if file is None:
        return
    meant = {(one.table, one.column): one.value for one in Correction.objects.filter(file=file)}
    for table, rows in among.rows_about(file.email):
        if not table.rectifiable or not (number := rows.count()):
            continue
        for column in (name for name in table.fields if name in table.rectifiable):
            values = rows.order_by(column).values_list(column, flat=True).distinct()[:SHOWN]
            yield Choice(
                table=table,
                column=column,
                now=[str(value) for value in values],
                rows=number,
                to=meant.get((table.label, column)),
            )


def validated(choice: Choice, value: str) -> str:
    """The value as the column keeps it. Raises ValidationError, as the model's own field does."""
    clean = choice.field.clean(value.strip(), None)
    if choice.is_address:
        _refuse_taken(choice, str(clean))
    return str(clean)


def _refuse_taken(choice: Choice, address: str) -> None:
    theirs = registry.rows_in(choice.table, address)
    unique = choice.field.unique or choice.table.model._meta.constraints
    if unique and theirs is not None and theirs.exists() and address not in choice.now:
        raise ValidationError(_("Something is held under this address already: it can’t be given to two people."))


def prepare(request_pk: int, values: dict[str, str], *, by: int) -> None:
    """Write down what is to stand in each column, by `Choice.key`; those left out stay as they are.

    Raises MovedOn when the request is decided already.
    """
    now = timezone.now()
    with transaction.atomic():
        request = locked(request_pk, among=TO_PREPARE)
        Correction.objects.filter(file=request.file).delete()
        Correction.objects.bulk_create(
            Correction(
                file=request.file,
                table=choice.table.label,
                column=choice.column,
                value=values[choice.key],
                by_id=by,
                at=now,
            )
            for choice in choices(request)
            if choice.key in values
        )
        audit.record(Action.CHANGED, request, by=by, details=("corrections",))


def unready(request: RightsRequest) -> StrOrPromise:
    if missing := needs_address(request):
        return missing
    if Correction.objects.filter(file__request=request).exists():
        return ""
    return _("Say first what is to stand in which column.")


def plan(request: RightsRequest) -> Plan:
    lines: dict[str, PlanLine] = {}
    words: list[StrOrPromise] = []
    for choice in choices(request):
        if choice.to is None:
            continue
        label = choice.table.label
        lines[label] = PlanLine(label=label, name=name_of(label), found=choice.rows, done=choice.rows)
        before = ", ".join(f"“{value}”" for value in choice.now)
        words.append(
            _("%(table)s, %(column)s: %(before)s becomes “%(after)s”.")
            % {"table": name_of(label), "column": choice.name, "before": before, "after": choice.to}
        )
    return Plan(lines=tuple(lines.values()), words=tuple(words))


def carry_out(request_pk: int) -> None:
    """Correct every table and close the request in one transaction. Raises MovedOn when another worker was quicker."""
    with transaction.atomic():
        request = granted(request_pk)
        file = request.file
        corrections = list(Correction.objects.filter(file=file).order_by("table", "column"))
        with at_their_wish(file.email, _("A correction that was asked for.")):
            columns, moves = apply(file, corrections)
        with translation.override(request.language):
            note = (
                _("Corrected: %(columns)s.") % {"columns": ", ".join(columns)} if columns else _("Nothing was found.")
            )
            done(request_pk, note=note)
        told = notices.begin(request, {_table(one.table).activity.name for one in corrections})
        notices.queue_all(told, subject_key=file.subject_key)
        record(
            LedgerKind.RECTIFICATION,
            keys=subject_keys(file.email),
            request=request.reference,
            moved=formerly.written(moves),
        )


def apply(file: CaseFile, corrections: list[Correction]) -> tuple[list[str], formerly.Moves]:
    """Write the new values, which come table by table; a new address takes the subject key with it.

    Returns the columns' names, and the keys of the new address by table.
    """
    named, new_address = [], ""
    moves: dict[str, list[str]] = {}
    for table, of_table in groupby(corrections, key=attrgetter("table")):
        declared = _table(table)
        rows = registry.rows_in(declared, file.email)
        if rows is None:
            continue
        values: dict[str, Any] = {}
        with translation.override(file.request.language):
            for one in of_table:
                values[one.column] = column_of(declared.model, one.column).clean(one.value, None)
                named.append(titled(declared, one.column))
                if declared.person and declared.person.address == one.column:
                    new_address = one.value
                    moves[declared.label] = subject_keys(new_address)
                    if declared.person.key:
                        values[declared.person.key] = subject_key(one.value)
        rows.update(**values)
    if new_address:
        moves |= dict.fromkeys(_rekey(file.email, new_address), subject_keys(new_address))
        carry_over(new_address)
    return list(dict.fromkeys(sorted(named))), moves


def _rekey(old: str, new: str) -> Iterator[str]:
    """Rows that know their person by key alone follow: the same person is found under the new address everywhere.

    Where an address stands beside the key, only a correction of it changes both. Yields the tables.
    """
    for table, rows in registry.rows_about(old):
        if table.person is not None and table.person.key and not table.person.address:
            rows.update(**{table.person.key: subject_key(new)})
            yield table.label


def _table(label: str) -> PersonalData:
    return next(table for table in registry.tables() if table.label == label)


register_carrier(
    Carrier(
        right=Right.RECTIFICATION,
        plan=plan,
        carry_out=carry_out,
        unready=unready,
        prepare="admin:rights-corrections",
        asks_who=False,
    )
)
