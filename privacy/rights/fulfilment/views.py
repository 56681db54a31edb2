from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from privacy.links import signed, single_use
from privacy.links.pages import token_page
from privacy.rights.following.visits import request_followed
from privacy.rights.fulfilment import portable, results, signing
from privacy.rights.fulfilment.links import RECEIPT, TRANSFER
from privacy.rights.fulfilment.models import ErasureReceipt, Result
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import add_event

Kind = CaseEvent.Kind


def result(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, for the proved address alone: whose page of their request is open in this browser.

    By POST, since the first time is written down: nothing that looks ahead in a page fetches it.
    """
    asked = request_followed(request)
    if asked is None:
        raise Http404
    found = Result.objects.to_fetch().filter(pk=pk, file__request=asked, recipient=None).first()
    if found is None:
        return render(request, "privacy/link_gone.html", status=410)
    _fetched(found, _("The file was downloaded."))
    return _sent(found)


@token_page
def transfer(request: HttpRequest, token: str) -> HttpResponseBase:
    """For the third party that a person named: GET says who sends what and why, POST hands it over, once (P5.7)."""
    link = single_use.peek(TRANSFER, token)
    found = _to_hand_over(link.record_id) if link is not None else None
    if found is None or found.recipient is None:
        return render(request, "privacy/link_gone.html", status=410)
    if request.method == "POST":
        with transaction.atomic(), translation.override(found.file.request.language):
            if single_use.use(TRANSFER, token) is None:
                return render(request, "privacy/link_gone.html", status=410)
            _fetched(found, _("%(name)s has fetched your data.") % {"name": found.recipient.name or _("The recipient")})
        return _sent(found)
    return render(request, "privacy/fulfilment/transfer.html", {"result": found, "file": found.file})


@token_page
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt of an erasure, to be read and printed. It names nobody."""
    found = _receipt(token)
    if found is None:
        return render(request, "privacy/link_gone.html", status=410)
    context = {"receipt": found.document["receipt"], "document": found.document, "token": token}
    return render(request, "privacy/fulfilment/receipt.html", context)


@token_page
def receipt_file(request: HttpRequest, token: str) -> HttpResponse:
    """The signed document, as `manage.py verify_receipt` reads it. Who takes it needs no letter: so by POST."""
    found = _receipt(token)
    if found is None:
        return render(request, "privacy/link_gone.html", status=410)
    ErasureReceipt.objects.filter(pk=found.pk, delivered_at=None).update(delivered_at=timezone.now())
    answer = JsonResponse(found.document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="erasure-receipt-{found.request.reference}.json"'
    return answer


def receipt_keys(request: HttpRequest) -> JsonResponse:
    """The public keys with which anybody can verify a receipt."""
    keys = [
        {"key": name, "algorithm": signing.ALGORITHM, "public": signing.raw(key).hex()}
        for name, key in signing.public_keys().items()
    ]
    return JsonResponse({"controller": settings.CONTROLLER.identity, "keys": keys})


def portability_schema(request: HttpRequest) -> JsonResponse:
    with translation.override(settings.LANGUAGE_CODE):
        return JsonResponse(portable.schema(), content_type="application/schema+json")


def _to_hand_over(pk: int) -> Result | None:
    found = Result.objects.to_fetch().filter(pk=pk, recipient__isnull=False)
    return found.select_related("file__request", "recipient").first()


def _receipt(token: str) -> ErasureReceipt | None:
    number = signed.unsign(RECEIPT, token)
    return ErasureReceipt.objects.select_related("request").filter(pk=number).first() if number is not None else None


def _fetched(result: Result, note: str) -> None:
    """The first time is an event that its person sees."""
    with transaction.atomic():
        if results.note_fetched(result):
            request = RightsRequest.objects.select_for_update().get(file=result.file_id)
            add_event(request, Kind.FETCHED, note=note)


def _sent(result: Result) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{result.name}"',
        "Content-Length": str(result.size),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(results.read(result), content_type=result.content_type, headers=headers)
