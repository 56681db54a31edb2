"""Short passwords in the guise of long ones. Django's list of common ones has hardly any of fifteen characters."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LETTERS_BESIDE = 8
"""What a password has to have beside our words: digits and signs around them are tried by every program."""
SHORTEST = 4
"""Letters of a word that counts."""


class NothingRepeated(CommonPasswordValidator):
    """Refuses one thing typed over and over, and a common password between digits and signs."""

    def validate(self, password: str, user: object = None) -> None:
        typed = password.casefold().strip()
        core = typed.strip("0123456789!?.,;:-_*+#@$&=/ ")
        if typed in (typed + typed)[1:-1] or core in self.passwords or len(set(typed)) < 6:
            raise ValidationError(_("This password is a common one, or repeats itself."), code="repeated")

    def get_help_text(self) -> str:
        return _("Your password can’t be a common one, nor repeat itself.")


class NothingOfOurs:
    """Refuses what is made of the words one tries first here: the company, the site, the account's own address."""

    def validate(self, password: str, user: object = None) -> None:
        letters = _letters(password)
        beside = letters
        for word in sorted(_ours(str(getattr(user, "email", ""))), key=len, reverse=True):
            beside = beside.replace(word, " ")
        if beside != letters and len(beside.replace(" ", "")) < LETTERS_BESIDE:
            raise ValidationError(_("This password is hardly more than our name, or your address."), code="ours")

    def get_help_text(self) -> str:
        return _("Your password can’t be made of our name, or of your address.")


def _ours(email: str) -> set[str]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    told = f"{settings.CONTROLLER.name} {settings.CONTROLLER.dpo_email} {host} {email}"
    pieces = [*re.split(r"[\W_]+", told), *re.split(r"[\s.@]+", told)]
    return {word for word in ("privacy", *map(_letters, pieces)) if len(word) >= SHORTEST}


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())
