"""Where the embedded servers keep their files. Knows no Django: the settings read it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_FOLDER = 80
"""Bytes. A socket's whole path may have 107, and PostgreSQL adds a name of its own."""

PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
"""Paths that need no quoting in a broker's address."""


@dataclass(frozen=True)
class Places:
    """The folders under VAR_DIR, and the sockets' folder, which is elsewhere when VAR_DIR is too long for a socket."""

    var: Path

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def mail(self) -> Path:
        return self.var / "mail"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def continuity(self) -> Path:
        """Backups and the ledger, unless the settings name another storage."""
        return self.var / "continuity"

    @property
    def static(self) -> Path:
        return self.var / "static"

    @property
    def sockets(self) -> Path:
        """The same folder for every process that is given the same VAR_DIR."""
        near = self.var / "sockets"
        if len(bytes(near)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(near)):
            return near
        name = hashlib.sha256(bytes(self.var)).hexdigest()[:12]
        return Path("/tmp") / f"customerlabs-{name}"  # noqa: S108  (private: made 0700, and refused if it is not ours)

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"
