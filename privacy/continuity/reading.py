"""Reading a backup: twice from end to end, first to know that it is whole, then into PostgreSQL. Never onto a disk.

pg_restore is fed through a pipe, so what is inside lies nowhere in clear, and a kill leaves nothing to clean up.
"""

import contextlib
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyrage.x25519 import Identity

from privacy.continuity.age import Writer, decrypt
from privacy.continuity.manifest import LONGEST, Manifest
from privacy.continuity.private import private_folder
from privacy.continuity.programs import Server
from privacy.continuity.refusal import Refused


@dataclass(frozen=True)
class BackupFile:
    """Where a backup lies, how the operator calls it, and the keys to try."""

    name: str
    opened: Callable[[], "contextlib.AbstractContextManager[IO[bytes]]"]
    identities: Sequence[Identity]

    def examined(self) -> "Whole":
        """Read it to its end. Raises Refused for what is not a whole backup that these keys open."""
        parted = _Parted(self.name)
        with self.opened() as source:
            passed = decrypt(source, parted, self.identities, name=self.name)
        return Whole(parted.manifest, passed.size, passed.digest.hexdigest())

    def restored_into(self, server: Server, database: str) -> None:
        """Fill an empty database. Raises Refused."""
        with private_folder() as folder, _restoring(server, database, folder / "errors") as target:
            parted = _Parted(self.name, target)
            try:
                with self.opened() as source:
                    decrypt(source, parted, self.identities, name=self.name)
            except BrokenPipeError:
                pass  # pg_restore has ended, and says why.


@dataclass(frozen=True)
class Whole:
    """A backup that was read to its end."""

    manifest: Manifest
    size: int
    sha256: str


class _Parted:
    """Takes the first line for the manifest, and hands on the rest."""

    def __init__(self, name: str, rest: Writer | None = None) -> None:
        self.name = name
        self.rest = rest
        self._begin = b""
        self._manifest: Manifest | None = None

    @property
    def manifest(self) -> Manifest:
        """Raises Refused when there was none to the end."""
        return self._manifest or Manifest.read(b"", self.name)

    def write(self, data: bytes, /) -> None:
        if self._manifest is None:
            self._begin += data
            line, end, data = self._begin.partition(b"\n")
            if not end and len(self._begin) <= LONGEST:
                return
            self._manifest, self._begin = Manifest.read(line, self.name), b""
        if self.rest is not None and data:
            self.rest.write(data)


@contextlib.contextmanager
def _restoring(server: Server, database: str, errors: Path) -> Iterator[IO[bytes]]:
    command = server.command(
        *("pg_restore", database, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
    )
    with errors.open("wb") as said:
        process = server.start(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
    assert process.stdin is not None  # noqa: S101  (asked for above)
    try:
        yield process.stdin
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        if process.wait() != 0:
            raise Refused(_restore_failed(errors.read_text(encoding="utf-8", errors="replace")))
    finally:
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()


def _restore_failed(said: str) -> str:
    """pg_restore's errors may quote people's data: known ones are told in our own words."""
    from privacy.continuity.databases import DISK_FULL

    if "No space left on device" in said or "could not extend file" in said:
        return DISK_FULL
    if "unsupported version" in said:
        return (
            "pg_restore is older than the pg_dump that made this backup. Set POSTGRES_PROGRAMS to the folder of newer "
            "PostgreSQL programs, then type the same command again. Nothing was changed."
        )
    reason = next((line for line in said.splitlines() if "ERROR:" in line), "").rpartition("ERROR:")[2]
    told = f" ({reason.split(chr(34))[0].split(':')[0].strip()})" if reason else ""
    return (
        f"PostgreSQL refused a part of the backup{told}. Nothing was changed. Take another backup, or restore it with "
        "the PostgreSQL version it was made with."
    )
