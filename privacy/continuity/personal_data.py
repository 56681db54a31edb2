"""What this room holds in the database: nothing about anybody. The ledger itself stands outside of it."""

from privacy.continuity.models import LedgerHead
from privacy.declarations import NoPersonalData
from privacy.registry import register

register(
    NoPersonalData(
        model=LedgerHead,
        columns={"id", "number", "hash", "stood", "transaction"},
        because="The number and the fingerprint of the last line; the lines are files, outside the database.",
    ),
)
