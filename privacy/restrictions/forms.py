"""What the officer types to restrict, to record a use, and to lift."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.declarations import LegalBasis
from privacy.holds.forms import HoldForm, named_tables, tables
from privacy.registry import registry
from privacy.restrictions.models import Restriction
from privacy.restrictions.services import Scope

REVIEW_AFTER = timedelta(days=90)


def named_purposes() -> list[tuple[str, Any]]:
    """All, then what a consent was given for, then what else data is held for."""
    consents = [(f"purpose:{name}", purpose.withdrawal.title) for name, purpose in registry.purposes.items()]
    activities = {
        table.activity.name: table.activity
        for table in registry.tables()
        if table.activity.in_use() and table.activity.basis is not LegalBasis.LEGAL_OBLIGATION
    }
    others = [(f"activity:{name}", capfirst(str(activity.purpose))) for name, activity in activities.items()]
    return [("", _("All that is held about them")), (str(_("One consent")), consents), (str(_("One use")), others)]


class ScopeForm(forms.ModelForm[Restriction]):
    """All of a person's data, one purpose of it, or one record. Without an address, that of the request is meant."""

    purpose = forms.ChoiceField(label=_("Of their data"), required=False, choices=named_purposes)
    table = forms.ChoiceField(label=_("Or one record: in which table"), required=False, choices=named_tables)
    record = forms.CharField(
        label=_("Its number"),
        required=False,
        max_length=64,
        widget=AdminTextInputWidget,
        help_text=_("What belongs to it is restricted with it: the answers and notes of a request."),
    )

    class Meta:
        model = Restriction
        fields = ("ground", "reason", "review_on")
        widgets = {"review_on": AdminDateWidget, "reason": AdminTextareaWidget}

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["review_on"].initial = timezone.localdate() + REVIEW_AFTER

    def clean_review_on(self) -> date:
        return not_over(self.cleaned_data["review_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        on_record = bool(data.get("table") or data.get("record"))
        if on_record and data.get("purpose"):
            raise ValidationError(_("Say one purpose, or one record: not both."))
        if on_record and not HoldForm._exists(data.get("table") or "", data.get("record") or ""):
            self.add_error("record", _("There is no such record, or not any more."))
        return data

    def scope(self, address: str) -> Scope:
        """What was chosen, of the owner of this address."""
        data = self.cleaned_data
        if data.get("table"):
            return Scope(table=tables()[data["table"]], record=data["record"])
        kind, _colon, name = (data.get("purpose") or "").partition(":")
        return Scope(
            address=address,
            purpose=name if kind == "purpose" else "",
            activity=name if kind == "activity" else "",
        )


class RestrictionForm(ScopeForm):
    address = AddressField(
        label=_("Whose data: an e-mail address"),
        required=False,
        max_length=254,
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("It is not stored."),
        error_messages={"invalid": _("Enter a whole e-mail address, such as name@example.com.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        on_record = bool(data.get("table") or data.get("record"))
        if "address" not in self.errors and bool(data.get("address")) == on_record:
            raise ValidationError(_("Say whose data is restricted, or which record: one of them."))
        return data


class AnnounceForm(forms.ModelForm[Restriction]):
    """The first step of lifting."""

    class Meta:
        model = Restriction
        fields = ("lifted_because", "lift_on")
        widgets = {"lift_on": AdminDateWidget, "lifted_because": AdminTextareaWidget}
        help_texts = {"lifted_because": _("The person reads this, in these words: write it in their language.")}

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for field in self.fields.values():  # None on a page that is only read.
            field.required = False  # Saving the page may record a use, and announce nothing.

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, because = data.get("lift_on"), (data.get("lifted_because") or "").strip()
        if day and not because:
            self.add_error("lifted_because", _("Say why it is lifted."))
        if because and not day and "lift_on" not in self.errors:
            self.add_error("lift_on", _("Say from what day on."))
        if day and day <= timezone.localdate():
            self.add_error("lift_on", _("The person is told before: choose a later day."))
        return data


class LiftForm(forms.ModelForm[Restriction]):
    """The second step, by hand."""

    lift_now = forms.BooleanField(label=_("Lift it now"), required=False)

    class Meta:
        model = Restriction
        fields = ("told_how",)
        help_texts = {"told_how": _("Only when the letter could not be delivered: how and when they were told.")}


def not_over(day: date) -> date:
    if day < timezone.localdate():
        raise ValidationError(_("This day is over."))
    return day
