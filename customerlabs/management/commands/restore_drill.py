"""`manage.py restore_drill`: whether the latest backup can be restored, tried for real."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customerlabs.management.at_hand import database_at_hand
from privacy.continuity.drill import drill
from privacy.continuity.refusal import Refused


class Command(BaseCommand):
    help = (
        "Restore the latest backup into a database that is thrown away, and compare. Exit status 1 when it can't be "
        "restored. Beat does it every week; the site may run."
    )

    def handle(self, **_: Any) -> None:
        try:
            with database_at_hand():
                done = drill(self.stdout.write)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if not done.passed:
            raise CommandError(f"NOT restorable. {done.problem}")
        self.stdout.write(
            f"Passed: {done.backup} can be restored, in {done.seconds} s; {done.rows} rows compared, "
            f"{done.lines} lines of the ledger replayed."
        )
