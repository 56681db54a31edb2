"""What this room holds in the database: nothing about anybody. The ledger and the backups stand outside of it."""

from privacy.continuity.models import Backup, Drill, LedgerHead
from privacy.declarations import NoPersonalData
from privacy.registry import register

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
