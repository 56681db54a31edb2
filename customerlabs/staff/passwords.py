"""Short passwords in the guise of long ones. Django's list of common ones has hardly any of fifteen characters."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class NothingRepeated(CommonPasswordValidator):
    """Refuses one thing typed over and over, and a common password between digits and signs."""

    def validate(self, password: str, user: object = None) -> None:
        typed = password.casefold().strip()
        core = typed.strip("0123456789!?.,;:-_*+#@$&=/ ")
        if typed in (typed + typed)[1:-1] or core in self.passwords or len(set(typed)) < 6:
            raise ValidationError(_("This password is a common one, or repeats itself."), code="repeated")

    def get_help_text(self) -> str:
        return _("Your password can’t be a common one, nor repeat itself.")
