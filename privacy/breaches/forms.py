"""What the officer writes about a breach: everything at first, and afterwards what is new."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget

from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import SAID, faults_of

ISO = "%Y-%m-%dT%H:%M"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=ISO)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StatementForm(forms.ModelForm[BreachStatement]):
    class Meta:
        model = BreachStatement
        fields = SAID
        widgets = {
            **dict.fromkeys(("aware_at", "notified_at", "told_at"), _moment()),
            "answer_by": _day(),
            **{
                name: AdminTextareaWidget(attrs={"rows": 4})
                for name in ("nature", "categories", "consequences", "measures")
            },
            **{
                name: AdminTextareaWidget(attrs={"rows": 3})
                for name in ("notify_because", "tell_because", "correspondence")
            },
        }

    def __init__(self, breach: Breach, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **{"label_suffix": "", **more})
        self.breach = breach

    def _post_clean(self) -> None:
        """Once the statement is made of what was typed: what the register refuses is said beside its box."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for column, words in faults_of(self.breach, self.instance):
                self.add_error(column or None, str(words))
