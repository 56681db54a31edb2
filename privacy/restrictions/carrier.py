"""How a restriction is carried out as a right (GDPR Art. 18, P5.4): the officer says of what, the worker places it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.declarations import PersonalData
from privacy.holds.keeping import place_alone
from privacy.registry import registry
from privacy.restrictions.models import RestrictedRows, Restriction
from privacy.restrictions.services import place_prepared
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, register_carrier
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import done, locked


def plan(request: RightsRequest) -> Plan:
    """Table by table, what is held about the person and what of it would be restricted."""
    rows = list(RestrictedRows.objects.filter(restriction__request=request, restriction__placed_at=None))
    lines = []
    for table, theirs in registry.rows_about(CaseFile.objects.get(request=request).email):
        found = theirs.count()
        if found and not table.part_of:
            covered = found if _is_meant(table, rows) else 0
            name = table.model._meta.verbose_name_plural or table.label
            lines.append(PlanLine(label=table.label, name=name, found=found, done=covered))
    return Plan(
        lines=tuple(lines),
        words=(_("What is restricted is stored and nothing else, from the moment this is granted."),),
    )


def _is_meant(table: PersonalData, rows: list[RestrictedRows]) -> bool:
    return any(row.table in ("", table.label) for row in rows)


def unready(request: RightsRequest) -> StrOrPromise:
    """One record can be restricted without knowing whose it is."""
    if Restriction.objects.filter(request=request, placed_at=None).exists():
        return ""
    return _("Say first what is restricted, on what ground, and when it is looked at again.")


def carry_out(request_pk: int) -> None:
    with transaction.atomic():
        place_alone()
        request = locked(request_pk, among=[State.GRANTED])
        place_prepared(request)
        done(request_pk)


register_carrier(
    Carrier(
        right=Right.RESTRICTION,
        plan=plan,
        carry_out=carry_out,
        unready=unready,
        prepare="admin:privacy_restriction_prepare",
        asks_who=False,
    )
)
