"""Erasure (GDPR Art. 17, P5.3): every declared table, with a signed receipt.

The file of the request itself stays until its receipt is delivered, so that there is an address to deliver it to; then
it goes too, with all letters and links about the request. The figures are written down with each batch: a worker killed
half-way leaves them to the next.
"""

from collections import Counter

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from privacy.continuity.ledger import Kind as LedgerKind
from privacy.continuity.ledger import record
from privacy.erasure import Spared, empty, erase_person, to_erase
from privacy.holds.keeping import keep_holds_still
from privacy.letters.kinds import letters_about
from privacy.letters.models import Letter
from privacy.links.single_use import links_about
from privacy.registry import registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, needs_address, register_carrier
from privacy.rights.fulfilment import notices, receipts, signing
from privacy.rights.fulfilment.foreseeing import foresee
from privacy.rights.fulfilment.granted import granted
from privacy.rights.fulfilment.letters import NOTICE, OF_ERASURE, queue_receipt
from privacy.rights.fulfilment.models import ErasedCount, ErasureReceipt, RecipientNotice
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import done
from privacy.subjects import subject_keys

SPARED = gettext_lazy("The file of this very request: it goes once its receipt is delivered.")


def plan(request: RightsRequest) -> Plan:
    """The dry run: the same choice of rows as the erasure makes."""
    file = request.content
    if file is None:
        return Plan()
    lines = foresee(file.email, sparing={CaseFile: {file.pk}})
    by_hand = [one.name for one in notices.to_tell(_activities(file)) if not one.email]
    words: list[StrOrPromise] = []
    if not any(line.goes for line in lines):
        words.append(_("Nothing that could be erased is held about this address: the receipt says so."))
    if by_hand:
        words.append(
            _("Tell these recipients yourself before you grant it, while the address is there: %(names)s.")
            % {"names": ", ".join(by_hand)}
        )
    return Plan(
        lines=tuple(
            PlanLine(
                label=line.label,
                name=line.name,
                found=line.found,
                done=line.goes,
                kept=line.stays + line.spared,
                because=(*receipts.why_kept(line), *((SPARED,) if line.spared else ())),
            )
            for line in lines
        ),
        words=tuple(words),
    )


def unready(request: RightsRequest) -> StrOrPromise:
    """An erasure takes the files of this person's other requests with it, so those come first."""
    if missing := needs_address(request):
        return missing
    others = RightsRequest.objects.filter(
        subject_key__in=subject_keys(request.file.email), state__in=(State.OPEN, State.DOUBT, State.GRANTED)
    ).exclude(pk=request.pk)
    number = others.count()
    if not number:
        return ""
    return ngettext(
        "This person has another request open: decide it first, since its file goes with the erasure.",
        "This person has %(number)d other requests open: decide them first, since their files go with the erasure.",
        number,
    ) % {"number": number}


def carry_out(request_pk: int) -> None:
    """Erase, batch by batch, then close the request with its receipt. Raises MovedOn if another was quicker.

    The ledger is told with the first batch, once: a worker that takes it up finds figures there. Raises
    LedgerUnavailable.
    """
    request = granted(request_pk)
    file = request.file
    keys = subject_keys(file.email)
    sparing: Spared = {CaseFile: {file.pk}}
    _write_down_recipients(request)

    def noted(batch: Counter[str]) -> None:
        is_first = not ErasedCount.objects.filter(request=request).exists()
        for label, rows in sorted(batch.items()):  # In one order: two workers don't wait for each other.
            count, _new = ErasedCount.objects.get_or_create(request=request, table=label)
            ErasedCount.objects.filter(pk=count.pk).update(rows=F("rows") + rows)
        if is_first:
            record(LedgerKind.ERASURE, keys=keys, request=request.reference)

    erase_person(file.email, sparing=sparing, noted=noted)
    with transaction.atomic(), translation.override(request.language):
        keep_holds_still()
        request = done(request_pk, note=_("What was held is erased. The receipt lists it."), tell=False)
        counts = ErasedCount.objects.filter(request=request)
        erased = list(counts.order_by("table").values_list("table", "rows"))
        told = list(RecipientNotice.objects.filter(request=request).order_by("pk"))
        kept = foresee(file.email, sparing=sparing)
        receipt = ErasureReceipt.objects.create(
            request=request,
            document=signing.sign(receipts.written(request, erased, kept, told)),
            made_at=timezone.now(),
        )
        counts.delete()
        queue_receipt(receipt, subject_key=file.subject_key)
        notices.queue_all(told, subject_key=file.subject_key)
        if not erased:
            record(LedgerKind.ERASURE, keys=keys, request=request.reference)  # A backup may still hold something.


def forget_delivered() -> int:
    """Erase the case files whose receipt has arrived. To be run now and then; running it again changes nothing."""
    sent = Letter.objects.filter(kind=OF_ERASURE.name, state=Letter.State.SENT)
    waiting = ErasureReceipt.objects.filter(delivered_at=None)
    for number, at in sent.filter(record_id__in=waiting.values("pk")).values_list("record_id", "finished_at"):
        waiting.filter(pk=number).update(delivered_at=at)
    forgotten = 0
    delivered = CaseFile.objects.filter(request__erasure_receipt__delivered_at__isnull=False)
    for pk in list(delivered.order_by("pk").values_list("pk", flat=True)[:1000]):
        forgotten += _forget(pk)
    return forgotten


def _forget(file_pk: int) -> bool:
    """All of one file, and every letter and link about its request; none while a recipient's letter is on its way."""
    table = registry.table(CaseFile)
    with transaction.atomic():
        keep_holds_still()
        rows = to_erase(table, CaseFile.objects.filter(pk=file_pk)).select_for_update(of=("self",))
        file = rows.first()
        if file is None:
            return False
        about = {
            RightsRequest: [file.request_id],
            ErasureReceipt: list(ErasureReceipt.objects.filter(request=file.request_id).values_list("pk", flat=True)),
            RecipientNotice: list(RecipientNotice.objects.filter(request=file.request_id).values_list("pk", flat=True)),
        }
        on_its_way = Letter.objects.filter(
            kind=NOTICE.name, record_id__in=about[RecipientNotice], state=Letter.State.QUEUED
        )
        if on_its_way.exists():
            return False
        notices.note_delivered()
        with restricted_rows_may_change():
            empty(table, [file.pk])
        for model, keys in about.items():
            letters_about(model, keys).delete()
            links_about(model, keys).delete()
    return True


def _activities(file: CaseFile) -> set[str]:
    return {table.activity.name for table, rows in registry.rows_about(file.email) if rows.exists()}


def _write_down_recipients(request: RightsRequest) -> None:
    """Before anything is erased: afterwards nothing says any more for which activities data was held."""
    with transaction.atomic():
        RightsRequest.objects.select_for_update().get(pk=request.pk)
        if not RecipientNotice.objects.filter(request=request).exists():
            notices.begin(request, _activities(request.file))


register_carrier(Carrier(right=Right.ERASURE, plan=plan, carry_out=carry_out, unready=unready))
