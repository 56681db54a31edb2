"""What the officer types: the boxes of a request's page and of a decision, and a request entered by hand."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.boxes import LONGEST, BoxesForm, box
from privacy.rights.desk.models import ReplyTemplate
from privacy.rights.intake import Party
from privacy.rights.kinds import Channel, Refusal, Right
from privacy.rights.models import CaseParty, RightsRequest

NOON = time(12)
"""Of a letter only the day of receipt is known; the law counts days."""


class CaseForm(BoxesForm):
    """The boxes of a request's page."""

    message = forms.CharField(
        label=_("Message to the person"),
        required=False,
        max_length=LONGEST,
        widget=box(8),
        help_text=_("Sent by mail and shown on the page of the request. The answer comes there, or to your address."),
    )
    template = forms.ModelChoiceField(
        label=_("Reply template"), queryset=ReplyTemplate.objects.all(), required=False, empty_label="–"
    )
    note = forms.CharField(
        label=_("Note for staff"),
        required=False,
        max_length=LONGEST,
        widget=box(4),
        help_text=_("The person does not get it, but may ask to read it. Write what is needed, no more."),
    )
    reasons = forms.CharField(
        label=_("Why it takes longer"),
        required=False,
        max_length=LONGEST,
        widget=box(4),
        help_text=_("Three months from receipt instead of one, once, for what is complex. The person reads this."),
    )
    proof_seen = forms.CharField(
        label=_("Proof you have seen"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("What shows who asks: the mandate, the paper, the call back. Say what it was, and copy no number."),
    )
    right = forms.ChoiceField(label=_("It is about the right of"), required=False, choices=Right.choices)

    def __init__(self, request: RightsRequest, data: Any = None) -> None:
        super().__init__(data, initial={"seen": request.version, "right": request.right}, label_suffix="")


class DecisionForm(BoxesForm):
    """Granting, whole or in part, or refusing, with the words the person reads."""

    GRANT, PARTLY, REFUSE = "grant", "partly", "refuse"

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(GRANT, _("Grant it")), (PARTLY, _("Grant it in part")), (REFUSE, _("Refuse it"))],
        widget=forms.RadioSelect,
    )
    ground = forms.ChoiceField(
        label=_("Why it is refused, or a part of it"),
        required=False,
        choices=[("", "–"), *Refusal.choices],
        help_text=_("How to complain to the CNIL and to go to court is added by itself."),
    )
    words = forms.CharField(
        label=_("Your words to the person"),
        required=False,
        max_length=LONGEST,
        widget=box(8),
    )
    template = forms.ModelChoiceField(
        label=_("Reply template"), queryset=ReplyTemplate.objects.all(), required=False, empty_label="–"
    )

    def __init__(self, request: RightsRequest, data: Any = None) -> None:
        super().__init__(data, initial={"seen": request.version}, label_suffix="")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        choice = data.get("decision")
        if choice in {self.PARTLY, self.REFUSE} and not data.get("ground"):
            self.add_error("ground", _("Say on which ground."))
        if data.get("ground") == Refusal.OTHER and not data.get("words"):
            self.add_error("words", _("Say why in your own words."))
        return data


class EntryForm(forms.Form):
    """A request that came by post, by e-mail, in person or through a representative (P6.1)."""

    right = forms.ChoiceField(label=_("Right"), choices=Right.choices)
    channel = forms.ChoiceField(
        label=_("Received by"), choices=[choice for choice in Channel.choices if choice[0] != Channel.FORM]
    )
    received_on = forms.DateField(
        label=_("Day of receipt"),
        widget=AdminDateWidget,
        help_text=_("The legal time runs from it, whoever in the company received it."),
    )
    name = forms.CharField(label=_("Name"), max_length=200, widget=AdminTextInputWidget(attrs={"autocomplete": "off"}))
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "Under which data is looked for, and where the answer goes. Empty if there is none: answer by post."
        ),
        error_messages={"invalid": _("Enter a whole e-mail address, such as name@example.com.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    object = forms.CharField(label=_("What is asked"), max_length=2000, required=False, widget=AdminTextareaWidget)
    context = forms.CharField(
        label=_("Context of collection"), max_length=2000, required=False, widget=AdminTextareaWidget
    )
    proof_seen = forms.CharField(
        label=_("Proof you have seen"),
        max_length=500,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("What shows who asks. Empty: the address gets a link that proves it."),
    )
    representative = forms.CharField(
        label=_("Representative"), max_length=200, required=False, widget=AdminTextInputWidget
    )
    representative_email = AddressField(
        label=_("Their e-mail address"), max_length=254, required=False, widget=AdminTextInputWidget
    )
    mandate = forms.CharField(
        label=_("Their mandate"),
        max_length=300,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("What it is, of which day."),
    )

    def clean_received_on(self) -> datetime:
        day: date = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        if day == timezone.localdate():
            return timezone.now()
        return timezone.make_aware(datetime.combine(day, NOON))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("channel") == Channel.REPRESENTATIVE and not data.get("representative"):
            self.add_error("representative", _("Say who asks for them."))
        if not data.get("email") and not data.get("proof_seen") and "email" not in self.errors:
            self.add_error("proof_seen", _("Without an address, only a proof you have seen shows who asks."))
        return data

    def parties(self) -> list[Party]:
        data = self.cleaned_data
        if not data["representative"]:
            return []
        role = CaseParty.Role.REPRESENTATIVE
        return [Party(role, data["representative"], data["representative_email"], data["mandate"])]
