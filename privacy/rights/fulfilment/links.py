"""The links of this room: one hands a file to a third party, once; the other shows a receipt as long as it stands."""

from privacy.links.single_use import register_link
from privacy.rights.fulfilment.models import Result

TRANSFER = register_link("privacy.rights-transfer", Result)
RECEIPT = "privacy.erasure-receipt"
"""A signed link. It leads to nothing personal, so it may live as long as the record of the request."""
