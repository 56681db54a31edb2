"""Showing a paper to the data protection officer: a picture under a watermark, a PDF as a file that can do nothing."""

import unicodedata

from django.http import HttpResponse
from django.utils import timezone

from privacy.papers.decoding import Decoder, decoded
from privacy.papers.models import Paper
from privacy.papers.recognising import Kind

SANDBOX = "sandbox; default-src 'none'"
TYPES = {Kind.JPEG: "image/jpeg", Kind.PDF: "application/pdf"}


def shown(paper: Paper, *, to: str) -> HttpResponse:
    """The paper as a response of which no browser runs anything.

    `to` names who looks. Raises CannotUnseal, PaperRefused.
    """
    data = paper.opened()
    if paper.kind == Kind.JPEG:
        words = f"{paper.file.request.reference} - {to} - {timezone.localtime():%Y-%m-%d %H:%M}"
        data = decoded(Decoder.WATERMARK, _plain(words) + b"\n" + data)
    response = HttpResponse(data, content_type=TYPES[Kind(paper.kind)])
    manner = "inline" if paper.kind == Kind.JPEG else "attachment"
    response["Content-Disposition"] = f'{manner}; filename="{paper.side}.{paper.kind}"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _plain(words: str) -> bytes:
    """In letters that the built-in typeface has, on one line."""
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore")
    return b" ".join(ascii_words.split())
