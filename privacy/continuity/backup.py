"""Making a backup: one consistent copy of the database, encrypted before it touches any disk (P7.4).

What always holds:
- The dump, the figures it is checked by and the heads of the ledger and of the audit trail come from one snapshot.
- Only the operator's key, which is not on this machine, and the drill key open it. The drill key is replaced with each
  backup: whoever breaks in here can read the latest copy at most, which says no more than the database they broke into.
- A file counts once it lies whole in the storage. What a kill or a full disk leaves is found and removed by the next.
- Memory stays small: everything goes through in pieces.
"""

import errno
import logging
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone
from pyrage.x25519 import Identity, Recipient

from privacy.audit.anchors import anchor
from privacy.audit.services import Action, record
from privacy.continuity import ledger
from privacy.continuity.age import Counted, drill_key_file, encrypt, recipient
from privacy.continuity.alone import alone
from privacy.continuity.forgetting import forget_lines
from privacy.continuity.manifest import Manifest, describe, left_out_of_backups
from privacy.continuity.models import Backup
from privacy.continuity.private import private_folder, write_private
from privacy.continuity.programs import LIMITS, Server
from privacy.continuity.refusal import Refused
from privacy.continuity.rotation import FOLDER, new_name, newest, next_kind, rotate
from privacy.continuity.storage import DurableFiles, continuity
from privacy.rings import fingerprint, ring
from privacy.subjects import key_name

logger = logging.getLogger(__name__)

LOCK_WAIT = "60s"
"""How long pg_dump waits for a migration to let go of a table."""


def make_backup(*, unless_younger_than: timedelta | None = None) -> Backup | None:
    """Make one, store it, and let those go whose time has come. None when there is one as young as that already.

    To be called outside any transaction. Raises Refused, which says what to do; Busy while another is made.
    """
    if Backup._meta.db_table not in connection.introspection.table_names():
        raise Refused("There is nothing to back up yet: the database has no tables. Start the site once: `make run`.")
    server = Server.of_the_site()
    with alone(server, "backup"):
        now = timezone.now()
        last = newest()
        age = now - last.made_at if last is not None else None
        if age is not None and unless_younger_than is not None and timedelta() <= age < unless_younger_than:
            return None
        try:
            _clear_away_half_stored()
            return _make(server, now)
        except Exception as error:
            _note_failure(now, type(error).__name__)
            raise _in_words(error) from error
        finally:
            # Even after a failure: what is past its time goes (P5.3), the newest aside.
            _rotate_quietly(now)


def _make(server: Server, now: datetime) -> Backup:
    key, drill_key = recipient(), Identity.generate()
    name = new_name(next_kind(now), now)
    _write_in_the_ledger(name)
    with private_folder() as folder:
        draft = folder / "backup.age"
        manifest, passed = _write(server, draft, name, [key, drill_key.to_public()])
        backup = Backup.objects.create(
            name=name,
            kind=name.split("-")[1],
            state=Backup.State.BEING_STORED,
            made_at=manifest.made_at,
            size=passed.size,
            sha256=passed.digest.hexdigest(),
            ledger_number=manifest.ledger[0],
            ledger_hash=manifest.ledger[1],
            rows=manifest.rows,
            subject_keys=_subject_keys_in(manifest),
        )
        _store(name, draft, passed.size)
    write_private(drill_key_file(), f"# opens {name} and no other\n{drill_key}\n", replace=True)
    with transaction.atomic():
        Backup.objects.filter(pk=backup.pk).update(state=Backup.State.STORED)
        record(Action.RAN, backup, by=None)
    backup.state = Backup.State.STORED
    return backup


def _subject_keys_in(manifest: Manifest) -> str:
    """What those that its rows carry are called there."""
    needed = manifest.keys["SUBJECT_KEYS"]
    return ",".join(key_name(key) for key in ring("SUBJECT_KEYS") if fingerprint(key) in needed)


def _write(server: Server, draft: Path, name: str, recipients: list[Recipient]) -> tuple[Manifest, Counted]:
    """The encrypted file, from one snapshot of the database that lasts until pg_dump has ended."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS)])
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        manifest = describe(cursor, name=name, ledger=ledger.head())
        with draft.open("xb") as file:
            draft.chmod(0o600)
            with _Dump(server, snapshot, draft.with_name("errors"), manifest.written()) as dump:
                passed = encrypt(dump, file, recipients)
            file.flush()
        return manifest, passed


class _Dump:
    """The manifest, then what pg_dump writes; its end is an error unless pg_dump says that all went well."""

    def __init__(self, server: Server, snapshot: str, errors: Path, begin: bytes) -> None:
        self.begin = begin
        self.errors = errors
        leaving_out = [f'--exclude-table-data="{table}"' for table in left_out_of_backups()]
        self.command = server.command(
            *("pg_dump", server.live, "--format=custom", "--no-owner", "--no-privileges", "--no-sync"),
            *(f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_WAIT}", *leaving_out),
        )
        self.server = server

    def __enter__(self) -> "_Dump":
        with self.errors.open("wb") as errors:
            self.process = self.server.start(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.kill()
        self.process.wait()
        self._output.close()

    @property
    def _output(self) -> IO[bytes]:
        assert self.process.stdout is not None  # noqa: S101  (asked for above)
        return self.process.stdout

    def read(self, size: int = -1, /) -> bytes:
        if self.begin:
            piece, self.begin = self.begin[:size], self.begin[size:]
            return piece
        piece = self._output.read(size)
        if not piece and self.process.wait() != 0:
            raise Refused(_dump_failed(self.errors.read_text(encoding="utf-8", errors="replace")))
        return piece


def _dump_failed(said: str) -> str:
    """pg_dump's errors may quote people's data: known ones are told in our own words."""
    if "server version mismatch" in said:
        return (
            "pg_dump is older than your PostgreSQL server, and no backup was made. Set POSTGRES_PROGRAMS to the folder "
            "of the server's own programs, then type `make backup` again."
        )
    if "permission denied" in said:
        return (
            "The account of DATABASE_URL may not read every table, and no backup was made. As a superuser, type: "
            "ALTER DATABASE … OWNER TO that account, and the same for its tables; then type `make backup` again."
        )
    if "canceling statement due to lock timeout" in said:
        return "A table is locked, by a migration perhaps. No backup was made. Wait, then type `make backup` again."
    return "pg_dump failed, and no backup was made. See whether PostgreSQL is well, then type `make backup` again."


def _store(name: str, draft: Path, size: int) -> None:
    """Raises Refused when the storage did not take it whole, under its name."""
    with draft.open("rb") as file:
        given = continuity().save(name, File(file, name=name))
    stored = continuity().size(given)
    if given != name or stored != size:
        continuity().delete(given)
        raise Refused(
            f"The storage of backups kept {stored} of {size} bytes. See whether it is full, then type `make backup` "
            "again."
        )


def _clear_away_half_stored(error: str = "interrupted") -> int:
    """What was being stored when it was cut short; the caller is alone, so nobody is at it now. How many there were."""
    half = list(Backup.objects.filter(state=Backup.State.BEING_STORED))
    for backup in half:
        continuity().delete(backup.name)
        backup.state, backup.error = Backup.State.FAILED, error[:100]
        backup.save(update_fields=["state", "error"])
    storage = continuity()
    if isinstance(storage, DurableFiles):
        for part in Path(storage.path(FOLDER)).glob(".*.part"):
            part.unlink(missing_ok=True)
    return len(half)


def _note_failure(now: datetime, kind: str) -> None:
    """For the list in the admin. A database that is full takes no note; the command says it all the same."""
    try:
        if not _clear_away_half_stored(kind):
            Backup.objects.create(
                name=f"failed-{now:%Y%m%dT%H%M%S.%f}", state=Backup.State.FAILED, made_at=now, error=kind[:100]
            )
    except Exception:
        logger.exception("The failure of a backup could not be noted.")


def _rotate_quietly(now: datetime) -> None:
    """Whatever keeps an old backup from being deleted must not hide how the new one went; a commitment watches it."""
    try:
        rotate(now)
        forget_lines(now)
    except Exception:
        logger.exception("Old backups, or lines of the ledger, could not be deleted.")


def _in_words(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Refused(
            "The disk is full: no backup was made, and nothing half-written was left. Free some room (`df -h` shows "
            "where it is missing), then type `make backup` again."
        )
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return Refused(
            f"No backup was made: the file{where} can’t be written ({error.strerror or type(error).__name__})."
        )
    return Refused(f"No backup was made: {type(error).__name__}. The log says where.")


def _write_in_the_ledger(name: str) -> None:
    """Where the audit trail ends, then a line of its own for each backup.

    What its dump knows, and what came after it, can be told apart exactly.
    """
    try:
        anchor()
        with transaction.atomic():
            ledger.record(ledger.Kind.BACKUP, name=name)
    except ledger.LedgerError as error:
        raise Refused(f"No backup was made, since the ledger is not well. {error}") from error
