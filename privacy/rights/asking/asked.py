"""What every form about rights asks: who asks, of what, and who asks for whom. A form writes nothing."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.rights.asking.fields import WordsField, address_field, name_field
from privacy.rights.intake import Party
from privacy.rights.models import CaseParty
from privacy.submission import FormNumber, new_number, read_number

Role = CaseParty.Role
REPRESENTATIVE = ("representative_name", "representative_email", "representative_capacity", "mandate")
LAST = "consent"
"""An agreement is asked for when all the rest has been read."""
PARTY_FIELDS = {"recipient", "recipient_email", "executor", "executor_email", "deceased", "deceased_email", "capacity"}
"""What names other people goes into rows of their own, so that their own rights reach it."""


class RightForm(forms.Form):
    """What every right asks; those of the rights add their own.

    `asked` are the names of a right's own fields, in their order; their values go into the request's details under the
    same names. `represented` says whether somebody may ask for somebody else.
    """

    asked: tuple[str, ...] = ()
    represented = True

    number = forms.CharField(widget=forms.HiddenInput, initial=new_number)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    name = name_field(_("Your name"), _("Enter your name."), autocomplete="name")
    email = address_field(
        _("E-mail address"),
        _("Enter the e-mail address that your request is about."),
        autocomplete="email",
        help_text=_("The one we know you by. A link goes there that shows it is yours, and then our answer."),
    )
    object = WordsField(
        label=_("Object of your request"),
        required=False,
        help_text=_("If you like: what it is about, in your words."),
    )
    context = WordsField(
        label=_("When you gave us your data"),
        required=False,
        rows=3,
        help_text=_("If you remember: on what occasion, and roughly when. It helps us to find it."),
    )
    representative_name = name_field(_("Name of the representative"))
    representative_email = address_field(_("E-mail address of the representative"))
    representative_capacity = name_field(
        _("In what capacity"), help_text=_("Such as parent, guardian, lawyer, or an association.")
    )
    mandate = WordsField(
        label=_("The mandate"),
        required=False,
        rows=3,
        help_text=_("Who gave it, on what day, and for what. Keep it at hand: we may ask to see it."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        self.number_read = read_number(data.get("number", "")) if data is not None else None
        if data is not None and self.number_read is None:
            # A form that lost its number on the way gets a new one: its visitor can do nothing about it.
            data = data.copy()
            data["number"] = new_number()
        super().__init__(data)
        if not self.represented:
            for name in REPRESENTATIVE:
                del self.fields[name]
        # As they stand on the page, so that what is to be corrected is listed in that order too.
        self.order_fields([*(name for name in self.asked if name != LAST), "name", "email", "object", "context"])
        if LAST in self.fields:
            self.fields[LAST] = self.fields.pop(LAST)

    def clean(self) -> dict[str, Any]:
        if self.represented and any(self.cleaned_data.get(name) or name in self.errors for name in REPRESENTATIVE):
            self.needs("representative_name", _("Enter the name of the representative."))
            self.needs("representative_email", _("Enter the e-mail address of the representative."))
            self.needs("representative_capacity", _("Say in what capacity the representative asks."))
            self.needs("mandate", _("Describe the mandate."))
        return self.cleaned_data

    def needs(self, name: str, missing: Any) -> None:
        """A field that another answer makes necessary."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, missing)

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.asked if name != LAST]

    @property
    def last_field(self) -> forms.BoundField | None:
        return self[LAST] if LAST in self.fields else None

    @property
    def representative_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in REPRESENTATIVE] if self.represented else []

    @property
    def is_represented(self) -> bool:
        """Whether anything was typed about a representative, so that its part of the form stands open."""
        return any(field.value() or field.errors for field in self.representative_fields)

    @property
    def is_doubtful(self) -> bool:
        """Whether a program may have filled it in."""
        trusted = self.number_read is not None and self.number_read.is_trusted
        return not trusted or bool(self.cleaned_data.get("website"))

    def submission(self) -> dict[str, Any]:
        """The validated form, as intake.submit takes it, in the page's language."""
        number: FormNumber | None = self.number_read or read_number(self.data["number"])
        if number is None:
            raise AssertionError("A number made here is always read.")
        given = self.cleaned_data
        return {
            "name": given["name"],
            "email": given["email"],
            "language": get_language() or "fr",
            "object": given.get("object", ""),
            "context": given.get("context", ""),
            "details": self.details(),
            "parties": self.parties(),
            "submission": number.key,
        }

    def details(self) -> dict[str, Any]:
        """What the right itself asked, by the names of its fields; without what was left empty."""
        given = {name: self.cleaned_data.get(name) for name in (*self.asked, "mandate")}
        return {name: value for name, value in given.items() if value and name not in PARTY_FIELDS}

    def parties(self) -> list[Party]:
        given = self.cleaned_data
        if not given.get("representative_name"):
            return []
        capacity = given["representative_capacity"]
        return [Party(Role.REPRESENTATIVE, given["representative_name"], given["representative_email"], capacity)]
