from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.audit.anchors import anchors
from privacy.audit.verifying import MOST, verify
from privacy.continuity.ledger import LedgerError


class Command(BaseCommand):
    help = (
        "Read the whole audit trail, make each hash again and compare it with the anchors in the ledger outside the "
        "database. Exit status 1, and where, when it is not whole."
    )

    def handle(self, *, verbosity: int, **_: Any) -> None:
        try:
            known = anchors()
        except LedgerError as error:
            raise CommandError(f"The ledger, which holds the trail's anchors, can’t be read: {error}") from error
        found = verify(known)
        for number, what in found.faults:
            self.stderr.write(f"Entry {number}: {what}." if number else f"{what.capitalize()}.")
        if not found.is_whole:
            more = "or more " if len(found.faults) == MOST else ""
            raise CommandError(f"The audit trail is not whole: {len(found.faults)} {more}fault(s), listed above.")
        if verbosity >= 1:
            told = f"{found.entries} entries, {found.first} to {found.last}" if found.entries else "no entry"
            self.stdout.write(f"The audit trail is whole: {told}; {len(known)} anchored outside the database.")
