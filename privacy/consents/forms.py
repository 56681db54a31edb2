from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField


class WithdrawalForm(forms.Form):
    """One field: whose agreements are to be taken back."""

    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The one you gave us when you agreed."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "type": "email"}),
        error_messages={
            "required": _("Enter the e-mail address you gave us."),
            "invalid": _("Enter a whole e-mail address, such as name@example.com."),
        },
    )
