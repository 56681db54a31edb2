"""How an objection, and the withdrawal of a consent, are carried out as rights (P5.5, P5.6)."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.continuity.ledger import Kind, record
from privacy.declarations import LegalBasis, PersonalData
from privacy.erasure import BATCH, empty
from privacy.holds.keeping import free, keep_holds_still
from privacy.objections.models import Objection
from privacy.objections.services import object_to_all, object_to_marketing
from privacy.registry import registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.keeping import erasable
from privacy.restrictions.models import Ground, Restriction
from privacy.restrictions.services import Scope, announce_lifting, place
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, needs_address, register_carrier
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import done, locked
from privacy.subjects import subject_keys

NOTICE = timedelta(days=7)
"""Between the letter that announces the end of a restriction and its end."""


def weighed(address: str) -> list[tuple[PersonalData, Any]]:
    """What is held of this person on a ground that Art. 21(1) lets them object to: the company's own interest."""
    return [
        (table, rows)
        for table, rows in registry.rows_about(address)
        if table.activity.basis is LegalBasis.LEGITIMATE_INTEREST and not table.part_of and rows.exists()
    ]


def object_at_once(request: RightsRequest) -> bool:
    """What rests on consent is gone; the rest is restricted until the officer has weighed it (Art. 18(1)(d))."""
    if needs_address(request):
        return False
    address = CaseFile.objects.get(request=request).email
    object_to_all(request)
    tables = weighed(address)
    if not tables:
        return True
    for name in sorted({table.activity.name for table, _rows in tables}):
        with override(request.language):
            reason = gettext("Objection of request %(reference)s, being weighed.") % {"reference": request.reference}
        restriction = Restriction(ground=Ground.OBJECTION, reason=reason, request=request, review_on=request.due_on)
        place(restriction, Scope(address=address, activity=name), alone=False)
    return False


def plan_objection(request: RightsRequest) -> Plan:
    file = CaseFile.objects.get(request=request)
    lines = []
    for table, rows in weighed(file.email):
        found, goes = rows.count(), erasable(table, free(table, rows)).count()
        lines.append(
            PlanLine(
                label=table.label,
                name=table.model._meta.verbose_name_plural or table.label,
                found=found,
                done=goes,
                kept=found - goes,
                because=(_("a hold, or a restriction its person asked for"),) if found > goes else (),
            )
        )
    return Plan(
        lines=tuple(lines),
        words=(
            _("What rested on consent was withdrawn and erased when the address was proved.")
            if _is_remembered(request)
            else _("What rests on consent is withdrawn and erased once you grant it: that much can’t be refused."),
            _("Granting erases the rest. Refusing needs compelling legitimate grounds (GDPR Art. 21(1))."),
        ),
    )


def _is_remembered(request: RightsRequest) -> bool:
    """Not so when the officer has put it under this right, after its address was proved."""
    return Objection.objects.filter(request=request).exists()


def carry_out_objection(request_pk: int) -> None:
    """The objection is upheld: what was weighed goes, and what rests on consent if that is still there."""
    with transaction.atomic():
        keep_holds_still()
        request = locked(request_pk, among=[State.GRANTED])
        address = CaseFile.objects.get(request=request).email
        if not _is_remembered(request):
            object_to_all(request)
        for table, rows in weighed(address):
            if table.kept:
                continue
            chosen = erasable(table, free(table, rows)).order_by("pk").select_for_update()
            with restricted_rows_may_change():
                while keys := list(chosen.values_list("pk", flat=True)[:BATCH]):
                    empty(table, keys)
        done(request_pk)
        record(
            Kind.ERASURE,
            keys=subject_keys(address),
            request=request.reference,
            basis=LegalBasis.LEGITIMATE_INTEREST.value,
        )


def lift_what_was_refused() -> int:
    """An objection that was not upheld: its restriction's end is announced to the person. Returns how many."""
    refused = Restriction.objects.standing().filter(
        ground=Ground.OBJECTION, announced_at=None, request__state=State.REFUSED
    )
    told = 0
    for restriction in refused.select_related("request"):
        with override(restriction.request.language if restriction.request else None):
            because = gettext("Your objection was weighed and not upheld: you were told why.")
        announce_lifting(restriction.pk, by=None, because=because, on=timezone.localdate() + NOTICE)
        told += 1
    return told


def plan_withdrawal(request: RightsRequest) -> Plan:
    given = given_by(CaseFile.objects.get(request=request).email)
    return Plan(words=tuple(one.purpose.withdrawal.title for one in given) or (_("Nothing is left to withdraw."),))


def withdraw_at_once(request: RightsRequest) -> bool:
    """What the form ticked, by the names of purposes; all of it when it ticked nothing. As by the link of any mail."""
    if needs_address(request):
        return False
    file = CaseFile.objects.get(request=request)
    ticked = set(file.details.get("purposes") or ())
    given = [one for one in given_by(file.email) if not ticked or one.purpose.name in ticked]
    withdraw(given, way=Way.RIGHTS, language=request.language)
    return True


def carry_out_withdrawal(request_pk: int) -> None:
    """Only for what the officer grants by hand; otherwise it was done on the proved address."""
    with transaction.atomic():
        keep_holds_still()
        withdraw_at_once(locked(request_pk, among=[State.GRANTED]))
        done(request_pk)


def object_to_marketing_at_once(request: RightsRequest) -> bool:
    return not needs_address(request) and object_to_marketing(request)


def plan_marketing(request: RightsRequest) -> Plan:
    return Plan(words=(_("Mailings stopped when it was sent. What rests on the consent ends a week later."),))


def carry_out_marketing(request_pk: int) -> None:
    with transaction.atomic():
        object_to_marketing(locked(request_pk, among=[State.GRANTED]))
        done(request_pk)


register_carrier(
    Carrier(
        right=Right.MARKETING,
        plan=plan_marketing,
        carry_out=carry_out_marketing,
        at_once=object_to_marketing_at_once,
        unready=needs_address,
        asks_who=False,
    ),
    Carrier(
        right=Right.OBJECTION,
        plan=plan_objection,
        carry_out=carry_out_objection,
        at_once=object_at_once,
        unready=needs_address,
    ),
    Carrier(
        right=Right.WITHDRAWAL,
        plan=plan_withdrawal,
        carry_out=carry_out_withdrawal,
        at_once=withdraw_at_once,
        unready=needs_address,
    ),
)
