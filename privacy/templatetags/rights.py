"""What a requester's page shows of what was made for them."""

from typing import Any

from django import template

from privacy.links import signed
from privacy.rights.fulfilment.links import RECEIPT
from privacy.rights.fulfilment.models import ErasureReceipt
from privacy.rights.fulfilment.results import results_of, sent_on
from privacy.rights.models import RightsRequest

register = template.Library()


@register.inclusion_tag("privacy/fulfilment/results.html")
def results(request: RightsRequest) -> dict[str, Any]:
    """The files to download, what a third party fetched, the receipt of an erasure."""
    receipt = ErasureReceipt.objects.filter(request=request).first()
    return {
        "results": results_of(request),
        "sent_on": sent_on(request),
        "receipt": signed.sign(RECEIPT, receipt.pk) if receipt else "",
    }
