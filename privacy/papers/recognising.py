"""What a file is by its content. Its name and the type a browser claims are what its sender wants us to believe."""

import io
import re
import zipfile
from enum import StrEnum

from privacy.papers.refusals import PaperRefused


class Kind(StrEnum):
    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


BEGINNINGS = {b"\xff\xd8\xff": Kind.JPEG, b"\x89PNG\r\n\x1a\n": Kind.PNG, b"%PDF-": Kind.PDF}
HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
"""Brands of the container in which some telephones keep photographs."""
MARKUP = re.compile(rb"<(?:!doctype\s+html|html[\s>]|script[\s>]|iframe[\s>]|svg\s[^>]{0,400}xmlns)", re.IGNORECASE)
DRAWING = re.compile(
    rb"^\s*(?:<\?xml[^>]{0,400}>\s*)?(?:<!--.{0,2000}?-->\s*|<!doctype[^>]{0,400}>\s*)*<svg\b", re.I | re.S
)
LAST_OF_PDF = b"%%EOF"


def recognise(data: bytes) -> Kind:
    """Raises PaperRefused for what we don't take, and for a file that is two things at once."""
    if not data:
        raise PaperRefused("empty")
    kind = next((kind for beginning, kind in BEGINNINGS.items() if data.startswith(beginning)), None)
    if kind is None:
        raise PaperRefused(_other(data))
    if zipfile.is_zipfile(io.BytesIO(data)) or _is_something_else_too(kind, data):
        raise PaperRefused("two-in-one")
    return kind


def _other(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in HEIF:
        return "heic"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "svg" if DRAWING.match(data[:8192]) else "unknown-type"


def _is_something_else_too(kind: Kind, data: bytes) -> bool:
    """A document or page hidden in a picture, or after the end of a PDF. What merely follows a picture is dropped."""
    if kind is Kind.PDF:
        end = data.rfind(LAST_OF_PDF)
        return end < 0 or MARKUP.search(data, end) is not None
    return b"%PDF-" in data or MARKUP.search(data) is not None
