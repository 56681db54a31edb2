"""manage.py verify_receipt FILE: whether this site signed a receipt, and whether it is as it was signed."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.rights.fulfilment.signing import Altered, NotAReceipt, UnknownKey, verify

LARGEST = 1 << 22


class Command(BaseCommand):
    help = "Verifies the signed receipt of an erasure. Exit status: 0 genuine, 1 altered, unknown key or no receipt."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            if file.stat().st_size > LARGEST:
                raise NotAReceipt
            receipt = verify(json.loads(file.read_bytes()))
        except OSError as error:
            raise CommandError(f"The file can't be read: {error.strerror}.") from None
        except (NotAReceipt, ValueError, RecursionError):
            raise CommandError("This is not a signed receipt of an erasure.") from None
        except UnknownKey:
            raise CommandError("It was signed with a key that is not this site's, or not any more.") from None
        except Altered:
            raise CommandError("ALTERED: this is not what was signed. Don't rely on it.") from None
        rows = sum(line["rows"] for line in receipt["erased"])
        self.stdout.write(
            f"Genuine. Request {receipt['reference']}, carried out {receipt['carried_out_at']}: {rows} rows erased in "
            f"{len(receipt['erased'])} tables, {len(receipt['kept'])} tables keep something on a ground."
        )
