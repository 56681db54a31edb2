"""Why a file is not taken, in words that say what to do instead."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

WORDS: dict[str, StrOrPromise] = {
    "empty": _("This file is empty. Choose another one."),
    "too-large": _("This file is larger than 8 MB. Photograph the document again with fewer details, or scan it."),
    "unknown-type": _("This is neither a JPEG or PNG picture nor a PDF. Photograph the document, or scan it."),
    "heic": _("This is a HEIC photograph, which we can’t open. Save it as JPEG, or send a scan."),
    "gif": _("This is a GIF, which we don’t take. Photograph the document, or scan it."),
    "svg": _("This is an SVG drawing, which we don’t take. Photograph the document, or scan it."),
    "two-in-one": _("Something else is hidden in this file: it was not taken. Photograph the document, or scan it."),
    "unreadable": _("This file is damaged: we could not open it. Photograph the document again, or scan it."),
    "too-many-pixels": _("This picture has too many points. Photograph the document again with fewer details."),
    "too-small": _("This picture is too small to be read. Photograph the document again, from closer."),
    "too-many-pages": _("This PDF has more than 6 pages. Keep those of the document only."),
    "too-heavy": _("This file is too heavy to be opened. Photograph the document again, or scan it."),
    "encrypted": _("This PDF is protected by a password, so that nobody can read it. Save it without one."),
    "infected": _("Our antivirus found something harmful in this file: it was not taken."),
    "not-scanned": _("Our antivirus does not answer, so we can’t take a file now. Try again later."),
    "busy": _("Many files are being checked right now. Try again in a minute."),
}


class PaperRefused(Exception):
    """A file that is not taken. `code` is one of WORDS; nothing here quotes the file."""

    def __init__(self, code: str) -> None:
        self.code = code if code in WORDS else "unreadable"
        super().__init__(self.code)

    @property
    def words(self) -> StrOrPromise:
        return WORDS[self.code]
