"""The letters that go with what was carried out: to its person, to a third party they name, to recipients to tell."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from privacy.authority import CNIL
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.queue import queue_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import signed, single_use
from privacy.rights.fulfilment.links import RECEIPT, TRANSFER
from privacy.rights.fulfilment.models import ErasureReceipt, RecipientNotice, Result
from privacy.rights.kinds import Right
from privacy.rights.letters import follow_url
from privacy.rights.models import CaseEvent, CaseFile


def send_result(result: Result) -> Message | None:
    """None once it can't be fetched any more."""
    if result.expires_at <= timezone.now():
        return None
    file = result.file
    return written(
        "privacy/letters/rights/result.txt",
        file.request.language,
        to=file.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "request": file.request,
            "file": file,
            "result": result,
            "url": follow_url(file.request),
            "authority": CNIL,
        },
    )


def send_transfer(result: Result) -> Message | None:
    """To the third party: who sends what and why, and the link, which works once (P5.7)."""
    now = timezone.now()
    if result.recipient is None or not result.recipient.email or result.expires_at <= now:
        return None
    file = result.file
    token = single_use.mint(TRANSFER, result, subject_key=result.recipient.subject_key, life=result.expires_at - now)
    with translation.override(file.request.language):
        url = settings.SITE_URL + reverse("rights-transfer", args=[token])
    return written(
        "privacy/letters/rights/transfer.txt",
        file.request.language,
        to=result.recipient.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={"request": file.request, "file": file, "result": result, "url": url},
    )


def send_receipt(receipt: ErasureReceipt) -> Message | None:
    """To the address that the case file keeps for this very letter; None once it is gone."""
    file = CaseFile.objects.filter(request=receipt.request_id).select_related("request").first()
    if file is None or not file.email:
        return None
    request = file.request
    with translation.override(request.language):
        url = settings.SITE_URL + reverse("erasure-receipt", args=[signed.sign(RECEIPT, receipt.pk)])
    return written(
        "privacy/letters/rights/receipt.txt",
        request.language,
        to=file.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "request": request,
            "receipt": receipt.document["receipt"],
            "words": file.events.filter(kind=CaseEvent.Kind.GRANTED).values_list("note", flat=True).last() or "",
            "url": url,
            "authority": CNIL,
        },
    )


def send_notice(notice: RecipientNotice) -> Message | None:
    """To a processor whose address is known: whose data was corrected or erased (GDPR Art. 19)."""
    processor = next((one for one in settings.PROCESSORS if one.name == notice.recipient), None)
    file = CaseFile.objects.filter(request=notice.request_id).select_related("request").first()
    if processor is None or not processor.email or file is None:
        return None
    return written(
        "privacy/letters/rights/recipient.txt",
        settings.LANGUAGE_CODE,
        to=processor.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "request": file.request,
            "file": file,
            "processor": processor,
            "erased": file.request.right == Right.ERASURE,
            "corrections": list(file.corrections.order_by("table", "column")),
        },
    )


RESULT = LetterKind(name="privacy.rights-result", model=Result, compose=send_result)
TO_RECIPIENT = LetterKind(name="privacy.rights-transfer", model=Result, compose=send_transfer)
OF_ERASURE = LetterKind(name="privacy.rights-receipt", model=ErasureReceipt, compose=send_receipt)
NOTICE = LetterKind(name="privacy.rights-notice", model=RecipientNotice, compose=send_notice)

register_letter(RESULT, TO_RECIPIENT, OF_ERASURE, NOTICE)


def queue_result(result: Result) -> None:
    queue_letter(RESULT, result, subject_key=result.file.subject_key)


def queue_transfer(result: Result) -> None:
    if result.recipient is not None:
        queue_letter(TO_RECIPIENT, result, subject_key=result.recipient.subject_key)


def queue_receipt(receipt: ErasureReceipt, *, subject_key: str) -> None:
    queue_letter(OF_ERASURE, receipt, subject_key=subject_key)


def queue_notice(notice: RecipientNotice, *, subject_key: str) -> None:
    queue_letter(NOTICE, notice, subject_key=subject_key)
