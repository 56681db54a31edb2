"""What each right asks for, beside what all of them do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.rights.asking.asked import RightForm, Role
from privacy.rights.asking.choices import DIRECTIVES, ERASURE_GROUNDS, HEIRS_WISHES, RESTRICTION_GROUNDS
from privacy.rights.asking.fields import WordsField, address_field, name_field, one_of
from privacy.rights.intake import Party
from privacy.rights.kinds import Right


class AccessForm(RightForm):
    pass


class RectificationForm(RightForm):
    asked = ("wrong", "correct")

    wrong = WordsField(
        label=_("What is wrong or missing"), error_messages={"required": _("Say what is wrong or missing.")}
    )
    correct = WordsField(label=_("What it should be"), error_messages={"required": _("Say what it should be.")})


class ErasureForm(RightForm):
    asked = ("ground", "erase")

    ground = one_of(_("Why it should be erased"), ERASURE_GROUNDS, _("Choose why it should be erased."))
    erase = WordsField(label=_("What should be erased"), required=False, help_text=_("Leave it empty for everything."))


class RestrictionForm(RightForm):
    asked = ("restrict", "ground")

    restrict = WordsField(
        label=_("What should be set aside"),
        error_messages={"required": _("Say what should be set aside: everything, or which part.")},
        help_text=_("Everything, or which part."),
    )
    ground = one_of(_("Why"), RESTRICTION_GROUNDS, _("Choose why it should be set aside."))


class ObjectionForm(RightForm):
    asked = ("reasons",)

    reasons = WordsField(
        label=_("Your reasons"),
        required=False,
        help_text=_(
            "None are needed for what rests on your consent. For the rest they help us to weigh your objection."
        ),
    )


class MarketingForm(RightForm):
    represented = False

    email = address_field(
        _("E-mail address"),
        _("Enter the e-mail address that should get no more advertising."),
        autocomplete="email",
        help_text=_("The one that should get no more advertising. We write to it once, to say that it is done."),
    )


class PortabilityForm(RightForm):
    asked = ("recipient", "recipient_email")

    recipient = name_field(
        _("Service that should receive it"),
        help_text=_(
            "Leave it empty to receive the data yourself. With a name, we hand it to them by a link of single use."
        ),
    )
    recipient_email = address_field(_("E-mail address of that service"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("recipient") or given.get("recipient_email"):
            self.needs("recipient", _("Enter the name of the service that should receive it."))
            self.needs("recipient_email", _("Enter the e-mail address of that service."))
        return given

    def parties(self) -> list[Party]:
        given, parties = self.cleaned_data, super().parties()
        if given.get("recipient"):
            parties.append(Party(Role.RECIPIENT, given["recipient"], given["recipient_email"]))
        return parties


class DirectiveForm(RightForm):
    represented = False
    asked = ("choice", "beneficiary", "executor", "executor_email", "consent")

    choice = one_of(_("After my death, my data is to be"), DIRECTIVES, _("Choose what is to become of your data."))
    beneficiary = WordsField(
        label=_("To whom it is to be handed over"),
        required=False,
        rows=3,
        help_text=_("Only if you chose so: their name and how to reach them."),
    )
    executor = name_field(
        _("Person who sees to it"), help_text=_("If you name nobody, your heirs may ask that it be carried out.")
    )
    executor_email = address_field(_("E-mail address of that person"), help_text=_("We tell them that you named them."))
    consent = forms.BooleanField(
        label=_(
            "I agree that CUSTOMER LABS keeps this directive, to carry it out after my death. I can change or revoke "
            "it at any time."
        ),
        error_messages={
            "required": _("Without your agreement we may not keep your directive. Tick the box to send it.")
        },
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("choice") == "communicate":
            self.needs("beneficiary", _("Say to whom your data is to be handed over."))
        if given.get("executor") or given.get("executor_email"):
            self.needs("executor", _("Enter the name of that person."))
            self.needs("executor_email", _("Enter the e-mail address of that person."))
        return given

    def details(self) -> dict[str, Any]:
        """With the very words agreed to, which are the proof of a specific consent."""
        return {**super().details(), "consent": str(self.fields["consent"].label)}

    def parties(self) -> list[Party]:
        given = self.cleaned_data
        return [Party(Role.EXECUTOR, given["executor"], given["executor_email"])] if given.get("executor") else []


class HeirsForm(RightForm):
    represented = False
    asked = ("deceased", "deceased_email", "capacity", "wish", "proof")

    email = address_field(
        _("Your e-mail address"),
        _("Enter your e-mail address."),
        autocomplete="email",
        help_text=_("A link goes there that shows it is yours, and then our answer."),
    )
    deceased = name_field(_("Name of the deceased person"), _("Enter the name of the deceased person."))
    deceased_email = address_field(
        _("E-mail address of the deceased person"),
        _("Enter the e-mail address of the deceased person: it is what we can find their data by."),
        help_text=_("The one they used with us."),
    )
    capacity = name_field(
        _("In what capacity you ask"),
        _("Say in what capacity you ask."),
        help_text=_("Such as child, spouse, or executor of the will."),
    )
    wish = one_of(_("What you ask for"), HEIRS_WISHES, _("Choose what you ask for."))
    proof = WordsField(
        label=_("The proof you have"),
        rows=3,
        help_text=_(
            "An acte de notoriété or a livret de famille: its kind, its date, who drew it up. We ask you for a copy."
        ),
        error_messages={"required": _("Say which proof you have.")},
    )

    def parties(self) -> list[Party]:
        given = self.cleaned_data
        return [Party(Role.DECEASED, given["deceased"], given["deceased_email"], given["capacity"])]


class QuestionForm(RightForm):
    represented = False
    asked = ("question",)

    email = address_field(
        _("E-mail address"),
        _("Enter your e-mail address, so that we can answer you."),
        autocomplete="email",
        help_text=_("A link goes there that shows it is yours, and then our answer."),
    )
    question = WordsField(
        label=_("Your question"), rows=6, longest=5000, error_messages={"required": _("Write your question.")}
    )


FORMS: dict[Right, type[RightForm]] = {
    Right.ACCESS: AccessForm,
    Right.RECTIFICATION: RectificationForm,
    Right.ERASURE: ErasureForm,
    Right.RESTRICTION: RestrictionForm,
    Right.OBJECTION: ObjectionForm,
    Right.MARKETING: MarketingForm,
    Right.PORTABILITY: PortabilityForm,
    Right.DIRECTIVE: DirectiveForm,
    Right.HEIRS: HeirsForm,
    Right.QUESTION: QuestionForm,
}
"""Withdrawing a consent has a form of its own, in privacy/consents/."""
