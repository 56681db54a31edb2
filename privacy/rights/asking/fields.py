"""The fields that forms about rights share, with words for what is missing."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.validation import NameField, no_control_characters, one_line_ends

LONGEST = 2000


class WordsField(forms.CharField):
    """A few sentences in one's own words, line breaks as the rest of the world writes them."""

    def __init__(self, *, rows: int = 4, longest: int = LONGEST, **options: Any) -> None:
        too_long = _("This is too long: at most %(limit_value)d characters, and it has %(show_value)d.")
        super().__init__(
            widget=forms.Textarea(attrs={"rows": rows}),
            validators=[no_control_characters, MaxLengthValidator(longest, too_long)],
            **options,
        )

    def to_python(self, value: Any) -> str:
        return one_line_ends(super().to_python(value) or "")


def name_field(label: Any, missing: Any = "", *, autocomplete: str = "off", **options: Any) -> NameField:
    return NameField(
        label=label,
        max_length=200,
        required=bool(missing),
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
        **options,
    )


def address_field(label: Any, missing: Any = "", *, autocomplete: str = "off", **options: Any) -> AddressField:
    return AddressField(
        label=label,
        max_length=254,
        required=bool(missing),
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete, "type": "email"}),
        error_messages={
            "required": missing,
            "invalid": _("Enter a whole e-mail address, such as name@example.com."),
        },
        **options,
    )


def one_of(label: Any, choices: Any, missing: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
        **options,
    )
