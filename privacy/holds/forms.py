"""What the DPO types to place a hold, and to lift it."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.declarations import PersonalData
from privacy.holds.models import Hold
from privacy.registry import registry

LAST_SECOND = time(23, 59, 59)


def tables() -> dict[str, PersonalData]:
    """The tables whose records may be held one by one; a part is held with its whole, evidence of holds needs none."""
    return {table.label: table for table in registry.tables() if not table.part_of and table.model is not Hold}


def named_tables() -> list[tuple[str, Any]]:
    named = [(label, capfirst(str(table.model._meta.verbose_name))) for label, table in tables().items()]
    return [("", "---------"), *sorted(named, key=lambda choice: choice[1])]


class HoldForm(forms.ModelForm[Hold]):
    address = AddressField(
        label=_("Whose rows: an e-mail address"),
        required=False,
        max_length=254,
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("All that is held about its owner, and what is added while the hold stands. It is not stored."),
        error_messages={"invalid": _("Enter a whole e-mail address, such as name@example.com.")},
    )
    table = forms.ChoiceField(label=_("Or one record: in which table"), required=False, choices=named_tables)
    record = forms.CharField(
        label=_("Its number"),
        required=False,
        max_length=64,
        widget=AdminTextInputWidget,
        help_text=_("Its parts are kept with it: the answers of a request, the proof it rests on."),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("The last day, in Paris. Empty: until it is lifted."),
    )

    class Meta:
        model = Hold
        fields = ("ground", "reason", "review_on")
        widgets = {"review_on": AdminDateWidget, "reason": AdminTextareaWidget}

    def clean_until(self) -> datetime | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("This day is over."))
        return timezone.make_aware(datetime.combine(day, LAST_SECOND)) if day else None

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        if day < timezone.localdate():
            raise ValidationError(_("This day is over."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        until, review_on = data.get("until"), data.get("review_on")
        if until and review_on and review_on > timezone.localdate(until):
            self.add_error("review_on", _("The hold is over by then."))
        on_record = bool(data.get("table") or data.get("record"))
        if "address" in self.errors:
            return data
        if bool(data.get("address")) == on_record:
            raise ValidationError(_("Say whose rows are held, or which record: one of them."))
        if on_record and not self._exists(data.get("table") or "", data.get("record") or ""):
            self.add_error("record", _("There is no such record, or not any more."))
        return data

    @staticmethod
    def _exists(label: str, key: str) -> bool:
        table = tables().get(label)
        try:
            return table is not None and table.model._base_manager.filter(pk=key).exists()
        except (ValueError, ValidationError, OverflowError):
            return False


class DecideForm(forms.ModelForm[Hold]):
    """A hold that stands is lifted, or found still needed: with a reason, one or the other."""

    still_because = forms.CharField(
        label=_("Why it is still needed"),
        required=False,
        max_length=2000,
        widget=AdminTextareaWidget,
        help_text=_("Name nobody. What stood before is kept with it."),
    )
    new_until = forms.DateField(
        label=_("Until, from now on"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("The last day, in Paris. Empty: until it is lifted."),
    )
    new_review_on = forms.DateField(label=_("Next review on"), required=False, widget=AdminDateWidget)

    class Meta:
        model = Hold
        fields = ("lifted_because",)
        widgets = {"lifted_because": AdminTextareaWidget}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        lifts, stays = ((data.get(name) or "").strip() for name in ("lifted_because", "still_because"))
        if bool(lifts) == bool(stays) and not self.errors:
            raise ValidationError(_("Say why it is lifted, or why it is still needed: one of them."))
        if stays:
            self._clean_extension(data)
        return data

    def _clean_extension(self, data: dict[str, Any]) -> None:
        until, review_on = data.get("new_until"), data.get("new_review_on")
        if review_on is None and "new_review_on" not in self.errors:
            self.add_error("new_review_on", _("Say when to look at it again."))
        elif review_on is not None and review_on < timezone.localdate():
            self.add_error("new_review_on", _("This day is over."))
        elif review_on and until and review_on > until:
            self.add_error("new_review_on", _("The hold is over by then."))
        if until:
            data["new_until"] = timezone.make_aware(datetime.combine(until, LAST_SECOND))
            if self.instance.until is None or data["new_until"] < self.instance.until:
                self.add_error("new_until", _("It stands for longer than that: lift it, to end it sooner."))
