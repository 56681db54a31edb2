"""`manage.py import_keys FILE`: the keys of a site that is gone, on the machine that takes its place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from privacy.continuity.age import read_identities
from privacy.continuity.keys import imported
from privacy.continuity.private import write_private
from privacy.continuity.refusal import Refused


class Command(BaseCommand):
    help = "Put back the keys that export_keys wrote: under VAR_DIR, or in --to FOLDER as files for SECRET_KEY_FILE=…"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what export_keys wrote")
        parser.add_argument("--identity", type=Path, metavar="PATH", required=True, help="the recovery key")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="write the keys there instead")

    def handle(self, *, file: Path, identity: Path, to: Path | None, **_: Any) -> None:
        try:
            keys = imported(file, read_identities(identity))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        folder = to or settings.PLACES.secrets
        if to is None:
            self.refuse_other_site(folder, keys)
        try:
            for name, value in keys.items():
                write_private(folder / name.lower(), f"{value}\n", replace=True)
        except OSError as error:
            raise CommandError(f"{folder} can’t be written ({error.strerror}).") from None
        self.stdout.write(f"{len(keys)} keys are in {folder}: {', '.join(sorted(name.lower() for name in keys))}.")
        if settings.EMBEDDED_DATABASE and to is None:
            self.stdout.write(
                "Next: put the ledger back, then `manage.py restore FILE --identity …`: docs/operating.md."
            )
        else:
            self.stdout.write(
                f"With DATABASE_URL, point the settings at them: SECRET_KEY_FILE={folder}/secret_key, and so on."
            )

    def refuse_other_site(self, folder: Path, keys: Any) -> None:
        """Keys that the data of this machine needs are not written over."""
        if not settings.PLACES.postgres.exists():
            return
        differ = [name for name, value in keys.items() if _read(folder / name.lower()) not in ("", value)]
        if differ:
            raise CommandError(
                f"{settings.PLACES.var} has a database already, with other keys ({', '.join(differ)}): it would be of "
                "no use without them. Nothing was changed. Set VAR_DIR to an empty folder and type the same again; or "
                f"move {settings.PLACES.postgres} away if what is in it may be lost."
            )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
