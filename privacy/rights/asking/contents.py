"""What a case file says was asked, as labels and words: for its person, and for the officer."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.rights.asking.choices import ALL
from privacy.rights.models import CaseFile

LABELS: dict[str, StrOrPromise] = {
    "wrong": _("What is wrong or missing"),
    "correct": _("What it should be"),
    "erase": _("What should be erased"),
    "restrict": _("What should be set aside"),
    "ground": _("The ground"),
    "reasons": _("Your reasons"),
    "choice": _("After my death, my data is to be"),
    "beneficiary": _("To whom it is to be handed over"),
    "consent": _("Your agreement"),
    "wish": _("What you ask for"),
    "proof": _("The proof you have"),
    "question": _("Your question"),
    "mandate": _("The mandate"),
}
CHOSEN = {"ground", "choice", "wish"}


def what_was_asked(file: CaseFile) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """Everything the form took, in the words of the form; people it names come last."""
    lines: list[tuple[StrOrPromise, StrOrPromise]] = []
    for name, value in file.details.items():
        words = ALL.get(str(value), str(value)) if name in CHOSEN else str(value)
        lines.append((LABELS.get(name, name), words))
    if file.object:
        lines.append((_("Object of your request"), file.object))
    if file.context:
        lines.append((_("When you gave us your data"), file.context))
    for party in file.parties.order_by("pk"):
        known = (part for part in (party.name, party.email, party.capacity) if part)
        lines.append((party.get_role_display().capitalize(), ", ".join(known)))
    return lines
