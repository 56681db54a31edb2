from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from contact.models import ContactRequest
from contact.prospects.purposes import NEWS
from contact.submitting import Submission
from privacy.addresses import AddressField
from privacy.submission import new_number, read_number
from privacy.validation import NameField, no_control_characters, one_line_ends

SHORTEST_MESSAGE, LONGEST_MESSAGE = 10, 5000


class SharedFields(dict[str, forms.Field]):
    """Fields that no form changes for itself: copying ten of them takes longer than checking what was typed."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


class ContactForm(forms.Form):
    """What a visitor is asked (P2.1): it validates and normalises, and writes nothing."""

    number = forms.CharField(widget=forms.HiddenInput, initial=new_number)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[
            (ContactRequest.Kind.CONTACT, _("Getting in touch")),
            (ContactRequest.Kind.QUESTION, _("A question")),
            (ContactRequest.Kind.COMPLAINT, _("A complaint")),
        ],
        initial=ContactRequest.Kind.CONTACT,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what your message is about."),
            "invalid_choice": _("Choose what your message is about."),
        },
    )
    first_name = NameField(
        label=_("First name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = NameField(
        label=_("Last name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Our answer goes to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "type": "email"}),
        error_messages={
            "required": _("Enter your e-mail address, so that we can answer you."),
            "invalid": _("Enter a whole e-mail address, such as name@example.com."),
        },
    )
    phone = PhoneNumberField(
        label=_("Telephone"),
        required=False,
        region="FR",
        help_text=_("If you would rather be called. From outside France, begin with + and the country’s code."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "invalid": _("Enter a telephone number such as 01 23 45 67 89 or +44 20 7946 0958, or leave it empty."),
        },
    )
    message = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write your message.")},
        validators=[
            no_control_characters,
            MinLengthValidator(SHORTEST_MESSAGE, _("Write a little more: at least %(limit_value)d characters.")),
            MaxLengthValidator(
                LONGEST_MESSAGE,
                _("This is too long by far: at most %(limit_value)d characters, and it has %(show_value)d."),
            ),
        ],
    )
    consent = forms.BooleanField(
        label=_("Your agreement"),
        error_messages={
            "required": _("Without your agreement we may not use what you write. Tick the box to send it."),
        },
    )
    news = forms.BooleanField(label=NEWS.wording, required=False)

    def __init__(self, data: QueryDict | None = None, *, number: str | None = None) -> None:
        """An empty form has this number, or a new one."""
        self.number_read = read_number(data.get("number", "")) if data is not None else None
        if data is not None and self.number_read is None:
            # A form that lost its number on the way gets a new one: its visitor can do nothing about it.
            data = data.copy()
            data["number"] = new_number()
        super().__init__(data, initial={"number": number} if number else None)

    def clean_message(self) -> str:
        return one_line_ends(self.cleaned_data["message"])

    @property
    def is_doubtful(self) -> bool:
        """Whether a program may have filled it in: it will have to be confirmed by mail, and nothing is lost."""
        trusted = self.number_read is not None and self.number_read.is_trusted
        return not trusted or bool(self.cleaned_data.get("website"))

    def submission(self) -> Submission:
        """The validated form as the service takes it, in the page's language."""
        data: dict[str, Any] = self.cleaned_data
        number = self.number_read or read_number(self.data["number"])
        if number is None:
            raise AssertionError("A number made here is always read.")
        return Submission(
            key=number.key,
            kind=ContactRequest.Kind(data["kind"]),
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            phone=getattr(data["phone"], "as_e164", ""),
            message=data["message"],
            wants_news=data["news"],
            language=get_language() or "fr",
        )


ContactForm.base_fields = SharedFields(ContactForm.base_fields)
