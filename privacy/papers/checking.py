"""From the bytes somebody sent to a copy that can be kept: recognised, scanned, made anew, or refused with a reason."""

from dataclasses import dataclass

from privacy.papers.antivirus import scan
from privacy.papers.decoding import Decoder, decoded
from privacy.papers.recognising import Kind, recognise
from privacy.papers.refusals import PaperRefused

LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True)
class CheckedPaper:
    """A file that was made anew here: a JPEG picture, or a PDF of bare pages."""

    kind: Kind
    data: bytes

    def __repr__(self) -> str:
        return f"CheckedPaper({self.kind}, {len(self.data)} bytes)"  # Never what it shows.


def check(data: bytes) -> CheckedPaper:
    """The copy to keep of a file of at most LARGEST bytes. Takes up to some seconds. Raises PaperRefused."""
    if len(data) > LARGEST:
        raise PaperRefused("too-large")
    kind = recognise(data)
    scan(data)
    if kind is Kind.PDF:
        return CheckedPaper(Kind.PDF, decoded(Decoder.PDF, data))
    return CheckedPaper(Kind.JPEG, decoded(Decoder.IMAGE, data))
