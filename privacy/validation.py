"""What may be typed in a form of this site: any script, any name; no character that can't be seen or kept."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LINE_BREAKS = "\n\r\t"
TURNS_TEXT_AROUND = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def no_control_characters(text: str) -> None:
    """Refuses NUL and its kin, which no one types on purpose. Line breaks and tabs may stay."""
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in LINE_BREAKS for character in text):
        raise ValidationError(
            _("This contains an invisible control character, perhaps from a copy and paste. Type it again without it."),
            code="control",
        )


def one_plain_line(text: str) -> None:
    """For names: also refuses line breaks, and characters that turn the writing direction of what follows."""
    if any(unicodedata.category(character) == "Cc" or character in TURNS_TEXT_AROUND for character in text):
        raise ValidationError(
            _("This contains an invisible control character, perhaps from a copy and paste. Type it again without it."),
            code="control",
        )


def one_line_ends(text: str) -> str:
    """Line breaks as the rest of the world writes them: browsers send two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class NameField(forms.CharField):
    """A name in any script, with apostrophes and hyphens; composed (NFC), spaces made single."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        one_plain_line(text)
        return " ".join(unicodedata.normalize("NFC", text).split())
