"""The keys that open backups (age, X25519), and streams through them that need little memory."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pyrage
from django.conf import settings
from pyrage.x25519 import Identity, Recipient

from privacy.continuity.private import write_private
from privacy.continuity.refusal import Refused

FIRST_BYTES = b"age-encryption.org/v1\n"
LARGEST_IDENTITY = 1 << 16
"""Bytes. An identity is a line; more is another file, given by mistake."""


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writer(Protocol):
    def write(self, data: bytes, /) -> Any: ...


def recipient_file() -> Path:
    return Path(settings.PLACES.secrets) / "backup_recipient"


def recovery_key_file() -> Path:
    """Where the first start puts the key that opens every backup. It is to be moved away from there."""
    return Path(settings.PLACES.var) / "recovery-key.txt"


def drill_key_file() -> Path:
    """The key of the latest backup alone."""
    return Path(settings.PLACES.secrets) / "drill_key"


def recipient() -> Recipient:
    """The public half of the operator's key. Raises Refused when there is none, or it can't be read."""
    written = settings.BACKUP_RECIPIENT
    if not written and recipient_file().is_file():
        written = recipient_file().read_text(encoding="utf-8").strip()
    if not written:
        raise Refused(
            "There is no key to encrypt backups for. Without DATABASE_URL, start the site once with `make run`: it "
            "makes one. With DATABASE_URL, make one on another machine with `age-keygen -o recovery-key.txt` and set "
            "BACKUP_RECIPIENT to its public half, which begins with age1."
        )
    try:
        return Recipient.from_str(written)
    except pyrage.RecipientError:
        raise Refused(
            "BACKUP_RECIPIENT is no public key of age: it begins with age1 and has 62 characters. `age-keygen -y "
            "recovery-key.txt` prints it."
        ) from None


def read_identities(path: Path) -> list[Identity]:
    """The private keys in a file such as age-keygen writes. Raises Refused."""
    try:
        with path.open("rb") as file:
            written = file.read(LARGEST_IDENTITY).decode("utf-8", "replace")
    except OSError as error:
        raise Refused(
            f"The key {path} can’t be read ({error.strerror}). Bring the recovery key to this machine, and name it "
            "with --identity PATH."
        ) from None
    lines = [line.strip() for line in written.splitlines()]
    try:
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise Refused(
            f"{path} is no recovery key: that file has a line that begins with AGE-SECRET-KEY-1. Name the right one "
            "with --identity PATH."
        )
    return found


def identities_at_hand() -> list[Identity]:
    """Those that this machine has by itself: the recovery key if nobody has moved it yet, the drill key."""
    return [key for path in (recovery_key_file(), drill_key_file()) if path.is_file() for key in read_identities(path)]


def make_recovery_key() -> bool:
    """Make the pair of the embedded path, unless there is one. Returns whether it was made now."""
    if settings.BACKUP_RECIPIENT or recipient_file().exists():
        return False
    identity = Identity.generate()
    public = str(identity.to_public())
    write_private(recovery_key_file(), RECOVERY_KEY.format(public=public, private=identity), replace=True)
    write_private(recipient_file(), f"{public}\n", replace=True)
    return True


RECOVERY_KEY = """\
# This key opens every backup of this site. Whoever has it and a backup can read everything in it.
# Move this file off this machine: print it, or keep it in a password manager. Then delete it here.
# Don't keep it with the backups, and don't send it by mail. If you lose it, no backup can be opened again.
# public key: {public}
{private}
"""


class Counted:
    """Counts and fingerprints what passes, and keeps the error that the encryption would turn into words."""

    def __init__(self, through: Any) -> None:
        self.through = through
        self.size = 0
        self.digest = hashlib.sha256()
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._note(self.through.read(size))
        except BaseException as error:
            self.error = error
            raise

    def write(self, data: bytes, /) -> int:
        try:
            self.through.write(data)
            self._note(data)
        except BaseException as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """By whoever opened it."""

    def _note(self, data: bytes) -> bytes:
        self.digest.update(data)
        self.size += len(data)
        return data


def encrypt(source: Reader, target: Writer, recipients: Sequence[Recipient]) -> Counted:
    """Everything from one to the other. What went out is counted in what it returns; errors of both pass unchanged."""
    coming, going = Counted(source), Counted(target)
    try:
        pyrage.encrypt_io(coming, going, list(recipients))
    except pyrage.EncryptError:
        raise (coming.error or going.error or RuntimeError("The encryption failed.")) from None
    return going


def decrypt(source: Reader, target: Writer, identities: Sequence[Identity], *, name: str) -> Counted:
    """Everything from one to the other; what came in is counted in what it returns.

    Raises Refused for what these keys don't open, or what is not whole: only when it returns was all of it right.
    """
    coming, going = Counted(_Started(source, name)), Counted(target)
    try:
        pyrage.decrypt_io(coming, going, list(identities))
    except (pyrage.DecryptError, OSError) as error:
        if coming.error or going.error:
            raise (going.error or coming.error or error) from None
        if "No matching keys" in str(error):
            raise Refused(
                f"The key does not open {name}: it was encrypted for another one. Look for the recovery key that was "
                "made with that site, and name it with --identity PATH."
            ) from None
        raise Refused(
            f"{name} is damaged: it was cut short or altered. Nothing of it was used. Take another copy of the same "
            "backup, or an older one."
        ) from None
    return coming


class _Started:
    """Looks at the first bytes: what is no age file at all is told apart from a damaged one."""

    def __init__(self, source: Reader, name: str) -> None:
        self.source = source
        self.begin: bytes = source.read(len(FIRST_BYTES))
        if not self.begin:
            raise Refused(f"{name} is empty. Take another copy of the same backup, or an older one.")
        if self.begin != FIRST_BYTES:
            raise Refused(f"{name} is no encrypted file of this site. Backups end in .age; give the path of one.")

    def read(self, size: int = -1, /) -> bytes:
        if self.begin:
            begin, self.begin = (self.begin, b"") if size < 0 else (self.begin[:size], self.begin[size:])
            return begin
        return self.source.read(size)
