"""What this room holds in the database: nothing about anybody. The ledger and the backups stand outside of it."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.continuity.forgetting import lines_kept
from privacy.continuity.models import Backup, Drill, LedgerHead
from privacy.declarations import Activity, HeldOutside, LegalBasis, NoPersonalData
from privacy.registry import register, registry

CONTINUITY = Activity(
    name="continuity",
    purpose=_("Bringing the data back after an accident, without bringing back what was erased"),
    basis=LegalBasis.LEGAL_OBLIGATION,  # Art. 32(1)(c), and Art. 5(1)(d) and 17 for what must not come back.
    people=_("Everybody whose data is held"),
    recipients=_("Nobody: the backups are encrypted for the operator’s key, and opened after an accident alone"),
    security=(_("Backups are encrypted before they leave this machine, which can itself read none but the latest."),),
)

registry.register_outside(
    HeldOutside(
        activity=CONTINUITY,
        what=_("Backups"),
        columns=[_("a copy of all the rest, without identity papers and downloads")],
        clock=_("the day it was made"),
        keep=lambda: settings.BACKUP_ROLLOVER,
    ),
    HeldOutside(
        activity=CONTINUITY,
        what=_("Ledger of what must not come back"),
        columns=[_("keyed hash of the address"), _("what was done, and when")],
        clock=_("the day it was done"),
        keep=lines_kept,
    ),
)

register(
    NoPersonalData(
        model=LedgerHead,
        columns={"id", "number", "hash", "stood", "transaction"},
        because="The number and the fingerprint of the last line; the lines are files, outside the database.",
    ),
    NoPersonalData(
        model=Backup,
        columns={
            "name",
            "kind",
            "state",
            "made_at",
            "size",
            "sha256",
            "ledger_number",
            "ledger_hash",
            "rows",
            "subject_keys",
            "deleted_at",
            "error",
        },
        because="Names, sizes and fingerprints of encrypted files.",
    ),
    NoPersonalData(
        model=Drill,
        columns={
            "backup",
            "started_at",
            "finished_at",
            "passed",
            "seconds",
            "data_from",
            "rows",
            "lines",
            "problem",
        },
        because="How tries at restoring went: figures, dates, and what the program said.",
    ),
)
