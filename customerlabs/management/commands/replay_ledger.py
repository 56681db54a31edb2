"""`manage.py replay_ledger`: for a database that was put back by other means than `restore`, before the site starts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customerlabs.management.at_hand import database_alone
from customerlabs.management.replayed import told
from privacy.continuity import ledger
from privacy.continuity.replay import bring_back_nobody


class Command(BaseCommand):
    help = (
        "Carry out on this database what the ledger says was decided after the moment it was put back to: nobody who "
        "was erased comes back. `manage.py restore` does it by itself. The site must be stopped."
    )
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        try:
            with database_alone():
                own = ledger.head()
                if next(ledger.lines_after(own), None) is None and not ledger.was_cut_off():
                    self.stdout.write("The ledger ends where this database does: there is nothing to carry out.")
                    return
                for text in told(bring_back_nobody(own)):
                    self.stdout.write(text)
        except ledger.LedgerError as error:
            raise CommandError(f"{error} What was carried out until there stays done.") from None
        self.stdout.write("Next: `manage.py enforce_retention`, then start the site.")
