"""`manage.py export_keys FILE`: the keys of the site in one file, encrypted for the recovery key."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.continuity.keys import exported
from privacy.continuity.refusal import Refused


class Command(BaseCommand):
    help = "Write the keys of this site to a file, encrypted for the recovery key. Without them no backup is of use."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; a file of that name may not be there yet")

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            sealed = exported()
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as target:
                target.write(sealed)
                target.flush()
                os.fsync(target.fileno())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except FileExistsError:
            raise CommandError(f"{file} is there already, and was left as it is. Give another name.") from None
        except OSError as error:
            raise CommandError(f"{file} can’t be written ({error.strerror}).") from None
        self.stdout.write(
            f"The keys are in {file}. Only the recovery key opens it.\n"
            "Copy it off this machine; with the backups is a good place. Keep the recovery key apart from both: never "
            "on this machine, never with the backups, never in a mail. Export again after you change a key."
        )
