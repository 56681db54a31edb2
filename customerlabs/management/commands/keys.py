"""`manage.py keys`: which keys the site has, what still needs each, and how to change one."""

import os
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from customerlabs.management.at_hand import database_at_hand
from customerlabs.staff.resealing import factors_by_key, move_factors
from privacy.continuity.models import Backup
from privacy.continuity.private import write_private
from privacy.keys_in_use import backups_with, chunks_by_key, receipts_by_key, rows_by_key
from privacy.periods import Period
from privacy.rekeying import move_files, move_rows
from privacy.rights.fulfilment import signing
from privacy.rings import RINGS, fingerprint, ring
from privacy.sealing import CannotUnseal
from privacy.subjects import key_name

DROP = "nothing needs it: it may be dropped"
KEEP = "keep it"


class Command(BaseCommand):
    help = (
        "List the keys by fingerprint, the newest of each ring first, with what still needs each. Exit status 1 when "
        "rows carry a key that is not here."
    )
    requires_system_checks = ()  # It mends what they refuse.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", choices=RINGS, metavar="NAME", help=f"put a new key before {', '.join(RINGS)}")
        parser.add_argument(
            "--move", action="store_true", help="give rows and sealed files the newest key, after a new one was put"
        )

    def handle(self, *, new: str | None, move: bool, **_: Any) -> None:
        if new is not None:
            self.put_before(new)
            return
        with database_at_hand():
            if Backup._meta.db_table not in connection.introspection.table_names():
                raise CommandError("The database has no tables yet: start the site once, with `make run`.")
            if move:
                self.move()
            lost = self.list()
        if lost:
            raise CommandError(lost)

    def put_before(self, name: str) -> None:
        """A new key in the file under VAR_DIR. The site goes on with the old one until it is started again."""
        if not settings.EMBEDDED_DATABASE or os.environ.get(name) or os.environ.get(f"{name}_FILE"):
            raise CommandError(
                f"{name} comes from the environment: put a new key before the others there, and a comma after it. "
                "A good one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
            )
        keys = [secrets.token_urlsafe(48), *ring(name)]
        write_private(settings.PLACES.secrets / name.lower(), f"{','.join(keys)}\n", replace=True)
        self.stdout.write(
            f"{name} begins with a new key, {fingerprint(keys[0])}. Start the site again, then type "
            "`manage.py keys --move`, and `manage.py export_keys` for your safe place."
        )

    def move(self) -> None:
        try:
            rows, files = move_rows(), move_files() + move_factors()
        except CannotUnseal:
            raise CommandError("A sealed file is under a key that FILE_KEYS does not hold: put it back.") from None
        self.stdout.write(f"{rows} rows and {files} pieces of sealed files have the newest key.")

    def list(self) -> str:
        """Returns what is wrong, in words."""
        rows = rows_by_key()
        self._show("SECRET_KEY", "sessions, links in mails, what is sealed for a while", dict(self._signing()))
        self._show("SUBJECT_KEYS", "find the rows of a person", dict(self._subjects(rows)))
        self._show("FILE_KEYS", "identity papers, results, second factors of staff", dict(self._files()))
        self._show("RECEIPT_KEYS", "receipts of erasures", dict(self._receipts()))
        lost = set(rows) - {key_name(key) for key in ring("SUBJECT_KEYS")}
        number = sum(sum(rows[name].values()) for name in lost)
        return f"{number} rows carry a key that SUBJECT_KEYS does not hold: put it back." if lost else ""

    def _show(self, name: str, what_for: str, said: dict[str, str]) -> None:
        self.stdout.write(f"{name}: {what_for}")
        for place, (key, words) in enumerate(said.items()):
            self.stdout.write(f"  {fingerprint(key)}  {'the newest; ' if not place else ''}{words}")

    def _signing(self) -> Iterator[tuple[str, str]]:
        for place, key in enumerate(ring("SECRET_KEY")):
            words = "links in mails sent before it was replaced; without it they say that they have ended"
            yield key, words if place else "signs all that is new"

    def _subjects(self, rows: Any) -> Iterator[tuple[str, str]]:
        for place, key in enumerate(ring("SUBJECT_KEYS")):
            name = key_name(key)
            tables = ", ".join(f"{label} {number}" for label, number in sorted(rows.get(name, {}).items()))
            words = [f"rows: {tables}" if tables else "no row"]
            last = backups_with(name).first()
            if place and last is not None:
                gone = Period(days=settings.BACKUP_ROLLOVER.days).after(last.made_at)
                words.append(f"backups until {timezone.localdate(gone).isoformat()} at the latest")
            if place:
                words.append(KEEP if tables or last else DROP)
            yield key, "; ".join(words)

    def _files(self) -> Iterator[tuple[str, str]]:
        factors = factors_by_key()
        for place, (key, chunks) in enumerate(chunks_by_key().items()):
            number = chunks + factors[key]
            yield key, f"{number} pieces" + ("" if not place else f"; {KEEP if number else DROP}")

    def _receipts(self) -> Iterator[tuple[str, str]]:
        signed = receipts_by_key()
        for key in ring("RECEIPT_KEYS"):
            number = signed.get(signing.key_name(signing.public_key(key)), 0)
            yield key, f"{number} receipts here; keep it for those that people hold"
