from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.rights.asking.fields import WordsField, address_field
from privacy.rights.references import as_typed


class ReferenceField(forms.CharField):
    """A reference as somebody reads it from a mail or a note of a telephone call."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        if not text:
            return ""
        reference = as_typed(text)
        if not reference:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return reference


class LinkForm(forms.Form):
    """Who comes back: the reference of the request and the address it came from."""

    reference = ReferenceField(
        label=_("Reference"),
        max_length=40,
        help_text=_("Eight letters and figures, as in K7QM-3XRT: it stands in each of our mails."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the reference of your request."),
            "invalid": _("A reference has eight letters and figures, such as K7QM-3XRT."),
        },
    )
    email = address_field(
        _("E-mail address"),
        _("Enter the e-mail address that you gave with the request."),
        autocomplete="email",
        help_text=_("The one that you gave with the request."),
    )


class MessageForm(forms.Form):
    message = WordsField(
        label=_("Your message to the data protection officer"),
        rows=6,
        longest=5000,
        error_messages={"required": _("Write your message.")},
    )
