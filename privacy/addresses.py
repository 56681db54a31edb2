"""The field in which somebody types an e-mail address."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email


class AddressField(forms.CharField):
    """An e-mail address, with accents before or after the @ if it has any. Kept as typed, for writing to."""

    widget = forms.EmailInput

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        if not text:
            return ""
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return text
