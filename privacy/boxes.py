"""What staff type on a page: one form holds all its boxes, so that no button loses what stands in another."""

from typing import Any

from django import forms

from privacy.validation import one_line_ends

LONGEST = 20_000
"""Characters of an answer, a message or a note."""


def box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField", "dir": "auto"})


class BoxesForm(forms.Form):
    """Nothing is required here: each button says what it needs. `seen` is the version they had before their eyes."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def needs(self, name: str, message: Any) -> None:
        """A box that the button pressed can't do without: an empty one is an error of the form."""
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return {name: one_line_ends(value) if isinstance(value, str) else value for name, value in data.items()}
