"""What the officer writes about a breach: everything at first, and afterwards what is new."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django_stubs_ext import StrOrPromise

from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import SAID, BreachRefused, faults_of

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
            self._show(faults_of(self.breach, self.instance))

    def write(self, service: Callable[[BreachStatement], Breach]) -> Breach | None:
        """What the service makes of the statement. None, its faults shown, if another came first and made it wrong."""
        try:
            return service(self.instance)
        except BreachRefused as refusal:
            self._show(refusal.faults)
            return None

    def _show(self, faults: list[tuple[str, StrOrPromise]]) -> None:
        for column, words in faults:
            self.add_error(column or None, str(words))
