"""How a directive, and a request of heirs, are carried out as rights (P5.8; arts. 84–85 of the Act)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.directives.models import Directive, HeirsMeasure
from privacy.directives.services import begin, register
from privacy.holds.keeping import keep_holds_still
from privacy.registry import registry
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, needs_address, register_carrier
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, CaseParty, RightsRequest
from privacy.rights.states import done, locked
from privacy.subjects import subject_keys

Ground = HeirsMeasure.Ground


def plan_directive(request: RightsRequest) -> Plan:
    """What the officer has put under this right says no wish in the form's own words: it is registered to be kept."""
    if Directive.objects.filter(request=request).exists():
        words = _("It was registered when the address was proved. Nothing is done before a proof of death.")
    else:
        words = _(
            "Granting registers it as a wish that all be kept: its person says otherwise by the link they then get. "
            "Nothing is done before a proof of death."
        )
    return Plan(words=(words,))


def register_at_once(request: RightsRequest) -> bool:
    """It rests on their consent and their proved address: there is nothing to decide, and the officer is told."""
    if needs_address(request):
        return False
    register(request)
    return True


def carry_out_directive(request_pk: int) -> None:
    with transaction.atomic():
        keep_holds_still()
        register(locked(request_pk, among=[State.GRANTED]))
        done(request_pk)


def deceased(request: RightsRequest) -> CaseParty | None:
    file = CaseFile.objects.filter(request=request).first()
    return file.parties.filter(role=CaseParty.Role.DECEASED).exclude(email="").first() if file else None


def directive_of(request: RightsRequest) -> Directive | None:
    """What the deceased person said themselves: it comes before what heirs ask (art. 85, I and II)."""
    party = deceased(request)
    keys = subject_keys(party.email) if party else []
    return Directive.objects.filter(subject_key__in=keys, ended_at=None).order_by("-pk").first()


def plan_heirs(request: RightsRequest) -> Plan:
    party = deceased(request)
    lines = []
    for table, rows in registry.rows_about(party.email) if party else ():
        found = rows.count()
        if found and not table.part_of:
            name = table.model._meta.verbose_name_plural or table.label
            lines.append(PlanLine(label=table.label, name=name, found=found, done=0))
    measure = HeirsMeasure.objects.filter(request=request).first()
    words: list[StrOrPromise] = [measure.get_ground_display()] if measure else []
    words.append(
        _("Granting begins an erasure, or a transfer to the heir, as a request of its own that you then decide.")
    )
    return Plan(lines=tuple(lines), words=tuple(words))


def unready_heirs(request: RightsRequest) -> StrOrPromise:
    if deceased(request) is None:
        return _("It is not said by which address the deceased person is known.")
    if directive_of(request) is not None:
        return _("The deceased person left a directive, which comes first: refuse this on that ground (art. 85).")
    if not HeirsMeasure.objects.filter(request=request).exists():
        return _("Say first on which ground of art. 85 it is granted.")
    return ""


def carry_out_heirs(request_pk: int) -> None:
    """Begin what was granted, in the name of the deceased person, with the proof that was seen."""
    with transaction.atomic():
        keep_holds_still()
        request = locked(request_pk, among=[State.GRANTED])
        party, measure = deceased(request), HeirsMeasure.objects.get(request=request)
        file = CaseFile.objects.get(request=request)
        if party is None or request.decided_by_id is None:
            raise ValueError("A request of heirs is granted by the officer, about somebody.")
        begin(
            Right.ERASURE if measure.ground == Ground.CLOSE else Right.PORTABILITY,
            by=request.decided_by_id,
            name=party.name,
            email=party.email,
            language=request.language,
            proof_seen=f"{request.reference}: {measure.because}"[:500],
            recipient=None if measure.ground == Ground.CLOSE else (file.name, file.email),
        )
        done(request_pk)


register_carrier(
    Carrier(
        right=Right.DIRECTIVE,
        plan=plan_directive,
        carry_out=carry_out_directive,
        at_once=register_at_once,
        unready=needs_address,
        asks_who=False,
    ),
    Carrier(
        right=Right.HEIRS,
        plan=plan_heirs,
        carry_out=carry_out_heirs,
        unready=unready_heirs,
        prepare="admin:privacy_heirsmeasure_prepare",
    ),
)
