"""`manage.py backup`: an encrypted copy of the database, in the storage of backups."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customerlabs.management.at_hand import database_at_hand
from privacy.continuity.age import recovery_key_file
from privacy.continuity.backup import make_backup
from privacy.continuity.refusal import Refused
from privacy.continuity.storage import continuity


class Command(BaseCommand):
    help = "Make an encrypted backup now, and let those go whose time has come. Beat does it every night."

    def handle(self, **_: Any) -> None:
        try:
            with database_at_hand():
                backup = make_backup()
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if backup is None:
            return
        self.stdout.write(
            f"Backup made: {place_of(backup.name)}\n"
            f"{backup.rows} rows, {backup.size} bytes, SHA-256 {backup.sha256}\n"
            "To restore it one day you also need the recovery key, the file of `manage.py export_keys`, and the ledger "
            "beside it: docs/operating.md."
        )
        if recovery_key_file().exists():
            self.stdout.write(
                f"Careful: {recovery_key_file()} opens every backup. Copy it to a safe place that is not this machine, "
                "then delete it here."
            )


def place_of(name: str) -> str:
    """Where the operator finds a file of the storage: its path, or its name where there is none."""
    try:
        return str(continuity().path(name))
    except NotImplementedError:
        return name
