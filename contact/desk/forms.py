"""What staff type on a request's page."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contact.desk.colleagues import colleagues, display_name
from contact.models import AnswerTemplate, ContactRequest
from privacy.boxes import LONGEST, BoxesForm, box
from privacy.rights.kinds import Right


class ColleagueField(forms.ModelChoiceField[AbstractUser]):
    def label_from_instance(self, member: AbstractUser) -> str:
        return display_name(member)


class ThreadForm(BoxesForm):
    """The boxes of a request's page."""

    answer = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=LONGEST,
        widget=box(10),
        help_text=_("Sent by mail in plain text, in the company’s name. The reply comes to the desk’s address."),
    )
    template = forms.ModelChoiceField(
        label=_("Answer template"), queryset=AnswerTemplate.objects.none(), required=False, empty_label="–"
    )
    reply = forms.CharField(
        label=_("What the visitor wrote back"),
        required=False,
        max_length=LONGEST,
        widget=box(6),
        help_text=_("Copy here what came by mail. It is then the visitor who waits for an answer."),
    )
    note = forms.CharField(
        label=_("Note for staff"),
        required=False,
        max_length=LONGEST,
        widget=box(4),
        help_text=_(
            "The visitor does not get it, but may ask to read it: it is about them. Write what is needed, no more."
        ),
    )
    assignee = ColleagueField(
        label=_("Assigned to"),
        queryset=None,
        required=False,
        empty_label=pgettext_lazy("assigned to", "nobody"),
    )

    right = forms.ChoiceField(
        label=_("Right it is about"),
        required=False,
        choices=Right.choices,
        initial=Right.ACCESS,
        help_text=_("For the data protection officer, with the date on which this message came."),
    )

    def __init__(self, request: ContactRequest, data: Any = None, *, seen: int = 0) -> None:
        super().__init__(data, initial={"seen": seen, "assignee": request.assignee_id}, label_suffix="")
        self.fields["template"].queryset = AnswerTemplate.objects.all()  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = colleagues()  # type: ignore[attr-defined]
