"""What the ledger outside the database holds about people, and why (“Processings of our own”)."""

from django.utils.translation import gettext_lazy as _

from privacy.continuity.models import LedgerHead
from privacy.declarations import Activity, Exempt, LegalBasis, PersonalData
from privacy.erasers import Blank
from privacy.registry import register

LEDGER = Activity(
    name="erasure-ledger",
    purpose=_("Seeing to it that what you had erased or stopped stays so after a backup is restored"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People whose data was erased or restricted, or who objected or withdrew a consent"),
    recipients=_("Nobody: keyed hashes are compared, and not read"),
)

register(
    PersonalData(
        model=LedgerHead,
        activity=LEDGER,
        no_person_because="Only the fingerprint of the last line; the lines are files, with keyed hashes and numbers.",
        fields={"hash": Blank()},
        not_personal={"id", "number", "stood", "transaction"},
        retention=Exempt(_("One row for as long as there is a ledger; its lines go after the last backup they serve.")),
    ),
)
