"""Requests with papers, made the way the site makes them."""

from typing import Any

from privacy.papers.checking import CheckedPaper, check
from privacy.papers.models import Paper
from privacy.papers.recognising import Kind
from privacy.papers.services import give
from privacy.rights.models import RightsRequest
from tests.papers.corpus import drawn_pdf, picture
from tests.rights.people import proved

CANARY = b"canary of a passport" * 100


def copy(kind: Kind = Kind.JPEG, data: bytes = b"") -> CheckedPaper:
    """What came out of the checks; a real picture unless other bytes are given."""
    return CheckedPaper(kind, data) if data else check(picture() if kind is Kind.JPEG else drawn_pdf())


def with_papers(**more: Any) -> RightsRequest:
    """A proved request with both sides."""
    request = proved(**more)
    give(request, {"recto": copy(data=CANARY), "verso": copy(data=CANARY)})
    return fresh(request)


def fresh(request: RightsRequest) -> RightsRequest:
    return RightsRequest.objects.get(pk=request.pk)


def papers_of(request: RightsRequest) -> list[Paper]:
    return list(Paper.objects.filter(file__request=request).order_by("side"))
