from uuid import UUID, uuid4

from django import forms
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from contact.personal_data import CONTACT_CONSENT
from contact.services import Submission

SHORTEST_MESSAGE, LONGEST_MESSAGE = 10, 5000


class ContactForm(forms.Form):
    """What a visitor is asked (P2.1): it validates and normalises, and writes nothing."""

    required_css_class = "required"

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    first_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Enter your first name.")},
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Enter your last name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Our answer goes to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
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
            "invalid": _("Enter a telephone number such as 01 23 45 67 89 or +44 20 7946 0958, or leave it empty.")
        },
    )
    message = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write your message.")},
        validators=[
            MinLengthValidator(SHORTEST_MESSAGE, _("Write a little more: at least %(limit_value)d characters.")),
            MaxLengthValidator(
                LONGEST_MESSAGE,
                _("This is too long by far: at most %(limit_value)d characters, and it has %(show_value)d."),
            ),
        ],
    )
    consent = forms.BooleanField(
        label=CONTACT_CONSENT.wording,
        error_messages={
            "required": _("Without your agreement we may not use what you write. Tick the box to send it.")
        },
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(_numbered(data) if data is not None else None)

    def submission_to_write(self) -> Submission:
        """The validated form as the service takes it, in the page's language."""
        data = self.cleaned_data
        return Submission(
            key=data["submission"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            phone=data["phone"].as_e164 if data["phone"] else "",
            message=data["message"],
            language=get_language() or "fr",
        )


def _numbered(data: QueryDict) -> QueryDict:
    """What was posted; a form that lost its number on the way gets a new one: its visitor can do nothing about it."""
    try:
        UUID(data.get("submission", ""))
    except ValueError:
        data = data.copy()
        data["submission"] = str(uuid4())
    return data
