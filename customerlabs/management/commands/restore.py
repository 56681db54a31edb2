"""`manage.py restore FILE`: the data of a backup in the place of what is there, and nobody erased comes back."""

from argparse import ArgumentParser
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from customerlabs.management.at_hand import database_alone
from customerlabs.management.replayed import told
from privacy.continuity.age import identities_at_hand, read_identities
from privacy.continuity.reading import BackupFile
from privacy.continuity.refusal import Refused
from privacy.continuity.restore import FORMER_KEPT, Restored, examined, restore
from privacy.continuity.rotation import FOLDER, files
from privacy.continuity.storage import continuity


class Command(BaseCommand):
    help = (
        "Restore a backup: into a database of its own, checked, brought up to date by the ledger, and only then put in "
        "the place of the live one. Without FILE it lists the backups there are. The site must be stopped."
    )
    requires_system_checks = ()  # On an empty machine nothing but the backup is at stake.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="a path, or the name of a backup in the storage")
        parser.add_argument("--identity", type=Path, metavar="PATH", help="the recovery key")

    def handle(self, *, file: str | None, identity: Path | None, **_: Any) -> None:
        try:
            if file is None:
                self.list_backups()
                return
            found = BackupFile(file, lambda: opened(file), read_identities(identity) if identity else at_hand())
            refuse_unreadable(found)
            manifest = examined(found, self.say)
            with database_alone():
                self.tell(restore(found, manifest, self.say))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None

    def list_backups(self) -> None:
        there = list(files())
        if not there:
            raise CommandError("There are no backups in the storage. Give the path of one: `manage.py restore PATH`.")
        for name, kind, made_at in there:
            self.stdout.write(f"{name.removeprefix(FOLDER + '/')}  {kind}, {made_at:%Y-%m-%d %H:%M} UTC")
        self.stdout.write("To restore one: `manage.py restore NAME --identity recovery-key.txt`")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def tell(self, done: Restored) -> None:
        say = self.say
        say(f"Restored: the data is that of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC, brought up to date.")
        for text in told(done.replayed):
            say(text)
        say(f"Rows that were past their time and went: {done.purged}.")
        if lost := {table: rows for table, rows in done.manifest.left_out.items() if rows}:
            say(
                "Never in a backup, so not here: identity papers, files made to be fetched, sessions ("
                + ", ".join(f"{table} {rows}" for table, rows in lost.items())
                + "). Papers can be asked for again, results issued again, and everybody signs in again."
            )
        say("Accounts of the staff are those of the backup: make inactive again who has left since.")
        if done.links_are_cut:
            say("SECRET_KEY is another than at the time: links in mails sent before no longer open, and pages say so.")
        if done.red:
            say(f"Not kept at the moment, see the commitments in the admin: {', '.join(done.red)}.")
        if done.former:
            say(
                f"What was there before is kept as the database {done.former}, in case of a mistake. It holds people's "
                f"data, and goes by itself in {FORMER_KEPT.days} days; sooner: `manage.py drop_former`."
            )
        say("Next: start the site (`make run`), look at it, then `make backup`.")


def opened(file: str) -> AbstractContextManager[IO[bytes]]:
    """A path, or a name in the storage."""
    path = Path(file)
    if path.is_file():
        return path.open("rb")
    name = f"{FOLDER}/{path.name}"
    found: AbstractContextManager[IO[bytes]] = continuity().open(name)
    return found


def refuse_unreadable(file: BackupFile) -> None:
    try:
        with file.opened() as source:
            source.read(1)
    except FileNotFoundError:
        raise CommandError(
            f"There is no file {file.name}, and no backup of that name in the storage. `manage.py restore` lists them."
        ) from None
    except OSError as error:
        raise CommandError(f"{file.name} can’t be read ({error.strerror}).") from None


def at_hand() -> list[Any]:
    """Raises CommandError when this machine has no key at all."""
    found = identities_at_hand()
    if not found:
        raise CommandError(
            "Which key opens it? Bring the recovery key to this machine, and type: `manage.py restore FILE --identity "
            "recovery-key.txt`."
        )
    return found
