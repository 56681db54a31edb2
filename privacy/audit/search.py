"""Finding entries of the trail: by date, action, person, member of staff, record, job or web request.

What is typed travels sealed (privacy/search.py). Each way to search has its index; whoever asks for several at once
gets what all of them find.
"""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.addresses import AddressField
from privacy.audit.models import AuditEntry
from privacy.audit.services import entries_about
from privacy.registry import registry

LONGEST = 200
"""Characters of a field that count."""
EXACTLY = ("action", "table", "record_id", "job", "request_id")


class Day(forms.DateInput):
    """The browser's own calendar, which needs no script and speaks the reader's language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def tables() -> list[tuple[str, Any]]:
    named = [
        (model._meta.label_lower, capfirst(str(model._meta.verbose_name)))
        for model in apps.get_models()
        if registry.declared(model)
    ]
    return [("", "---------"), *sorted(named, key=lambda choice: choice[1])]


def actions() -> list[tuple[str, Any]]:
    return [("", "---------"), *AuditEntry.Action.choices]


class SearchForm(forms.Form):
    since = forms.DateField(label=_("From the day"), required=False, widget=Day)
    until = forms.DateField(label=_("To the day"), required=False, widget=Day)
    action = forms.ChoiceField(label=_("Action"), required=False, choices=actions)
    whose = AddressField(
        label=_("Whose record: an e-mail address"),
        required=False,
        max_length=254,
        help_text=_("It is looked up in what is held, and not stored."),
        error_messages={"invalid": _("Enter a whole e-mail address, such as name@example.com.")},
    )
    staff = forms.CharField(
        label=_("Member of staff"),
        required=False,
        max_length=254,
        help_text=_("The e-mail address of an account, or its number."),
    )
    table = forms.ChoiceField(label=_("Table"), required=False, choices=tables)
    record_id = forms.CharField(label=_("Number of the record"), required=False, max_length=64)
    job = forms.CharField(
        label=_("Job"), required=False, max_length=100, help_text=_("The task or command, such as privacy.back_up.")
    )
    request_id = forms.CharField(label=_("Web request"), required=False, max_length=32)

    def __init__(self, typed: Mapping[str, Any] | None = None) -> None:
        super().__init__(typed, label_suffix="", auto_id="search_%s")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_staff(self) -> int | None:
        """The number of the account."""
        typed = str(self.cleaned_data["staff"]).strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdigit():
            return min(int(typed), 2**63 - 1)
        accounts = get_user_model()._default_manager.filter(email__iexact=typed)
        number: int | None = accounts.values_list("pk", flat=True).first()
        if number is None:
            raise ValidationError(_("There is no account of this address: type its number, should it be gone."))
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        if data.get("record_id") and not data.get("table"):
            self.add_error("table", _("Say in which table this record is."))
        return data

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Those that all of what is typed finds. To be called once it is valid; days are those of the reader here."""
        asked = self.cleaned_data
        if asked["since"]:
            entries = entries.filter(at__gte=timezone.make_aware(datetime.combine(asked["since"], time.min)))
        if asked["until"]:
            next_day = asked["until"] + timedelta(days=1)
            entries = entries.filter(at__lt=timezone.make_aware(datetime.combine(next_day, time.min)))
        if asked["staff"] is not None:
            entries = entries.filter(by=asked["staff"])
        if asked["whose"]:
            entries = entries.filter(pk__in=entries_about(asked["whose"]))
        return entries.filter(**{name: asked[name].strip() for name in EXACTLY if asked[name].strip()})

    @property
    def ways(self) -> list[str]:
        """The names of the fields that were used, never what was typed into them."""
        return [name for name in self.fields if self.cleaned_data.get(name) not in (None, "")]


def typed_in(posted: Mapping[str, Any]) -> str:
    """What was typed into the form, in one line to be sealed; empty when nothing was."""
    given = {name: str(posted.get(name, "")).replace("\x00", "").strip()[:LONGEST] for name in SearchForm.base_fields}
    given = {name: words for name, words in given.items() if words}
    return json.dumps(given, ensure_ascii=False) if given else ""


def form_of(words: str) -> SearchForm:
    """The form as it was typed; an empty one, which finds everything, when nothing was."""
    return SearchForm(json.loads(words) if words else {})
