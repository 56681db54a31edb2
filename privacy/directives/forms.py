"""What a person types to change their directive, and the officer to carry one out or to grant heirs something."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.directives.models import Directive, HeirsMeasure
from privacy.rights.asking.choices import DIRECTIVES
from privacy.rights.asking.fields import WordsField, address_field, name_field, one_of


class ChangeForm(forms.Form):
    """The directive as it shall be from now on."""

    wish = one_of(_("After my death, my data is to be"), DIRECTIVES, _("Choose what is to become of your data."))
    beneficiary = WordsField(
        label=_("To whom it is to be handed over"),
        required=False,
        rows=3,
        help_text=_("Only if you chose so: their name and how to reach them."),
    )
    executor = name_field(
        _("Person who sees to it"), help_text=_("If you name nobody, your heirs may ask that it be carried out.")
    )
    executor_email = address_field(_("E-mail address of that person"), help_text=_("We tell them that you named them."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("wish") == Directive.Wish.COMMUNICATE and not data.get("beneficiary"):
            self.add_error("beneficiary", _("Say to whom your data is to be handed over."))
        if data.get("executor_email") and not data.get("executor"):
            self.add_error("executor", _("Enter the name of that person."))
        if data.get("executor") and not data.get("executor_email") and "executor_email" not in self.errors:
            self.add_error("executor_email", _("Enter the e-mail address of that person."))
        return data


class ProofForm(forms.Form):
    """What the officer saw, and to whom data goes."""

    proof_seen = forms.CharField(
        label=_("Proof of death seen"),
        max_length=500,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Its kind, its date, who drew it up."),
    )
    recipient = forms.CharField(
        label=_("Who receives the data"), required=False, max_length=200, widget=AdminTextInputWidget
    )
    recipient_email = AddressField(
        label=_("Their e-mail address"), required=False, max_length=254, widget=AdminTextInputWidget
    )

    def __init__(self, directive: Directive, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.hands_over = directive.wish == Directive.Wish.COMMUNICATE
        if not self.hands_over:
            del self.fields["recipient"], self.fields["recipient_email"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.hands_over and not (data.get("recipient") and data.get("recipient_email")) and not self.errors:
            raise ValidationError(_("Say to whom the data is handed over, and at which address."))
        return data


class MeasureForm(forms.ModelForm[HeirsMeasure]):
    class Meta:
        model = HeirsMeasure
        fields = ("ground", "because")
        widgets = {"because": AdminTextareaWidget}
