"""Who the embedded servers run as. PostgreSQL refuses root, and neither server needs it."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from customerlabs.serving.places import Places
from customerlabs.serving.refusal import Refusal

FALLBACK_ACCOUNTS = ("postgres", "nobody")
PROBE_LIMIT = 20
"""Seconds. The probes run a binary with --version, which takes some 10 ms; a cold disk may take longer."""


@dataclass(frozen=True)
class ServerUser:
    """An account, and how a command is started as it."""

    uid: int
    gid: int
    name: str
    prefix: tuple[str, ...] = ()
    identity: dict[str, Any] = field(default_factory=dict)

    def start(self, command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server in a session of its own, so that a terminal's Ctrl-C does not reach it before its turn."""
        return subprocess.Popen(  # noqa: S603  (the commands are ours)
            [*self.prefix, *command], stdout=log, stderr=log, start_new_session=True, **self._surroundings()
        )

    def run(self, command: Sequence[str], limit: float) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, within so many seconds. What it printed is in `stdout`, errors included."""
        return subprocess.run(  # noqa: S603  (the commands are ours)
            [*self.prefix, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
            **self._surroundings(),
        )

    def _surroundings(self) -> dict[str, Any]:
        # The caller's folder may be closed to this account, and its PG… variables must not steer our own server.
        return {
            "stdin": subprocess.DEVNULL,
            "cwd": "/",
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            "umask": 0o077,
            **self.identity,
        }


def choose_server_user(places: Places, binary: Path) -> ServerUser:
    """The account for the embedded servers: our own, or an unprivileged one when we are root.

    Raises Refusal when we are root and no unprivileged account can get at the folders.
    """
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), account_name(os.geteuid()))
    account = unprivileged_account(places)
    plain = ServerUser(
        account.pw_uid,
        account.pw_gid,
        account.pw_name,
        identity={"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []},
    )
    if can_work(plain, places, binary):
        return plain
    reading = ServerUser(account.pw_uid, account.pw_gid, account.pw_name, prefix=reading_prefix(account))
    if reading.prefix and can_work(reading, places, binary):
        return reading
    raise Refusal(
        f"PostgreSQL does not run as root, and the account it would run as ({account.pw_name}) may not enter "
        f"{places.var} or {binary.parent}. Run this as an ordinary user, or put the project and VAR_DIR in folders "
        "that others may enter."
    )


def unprivileged_account(places: Places) -> pwd.struct_passwd:
    """Whoever owns the data already, else the owner of the folder VAR_DIR is in, else a service account."""
    for folder in (places.postgres, places.valkey, places.var.parent):
        try:
            uid = folder.stat().st_uid
            if uid != 0:
                return pwd.getpwuid(uid)
        except (FileNotFoundError, KeyError):
            continue
    for name in FALLBACK_ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refusal(
        "PostgreSQL does not run as root, and there is no account `nobody` here. Run this as an ordinary user."
    )


def reading_prefix(account: pwd.struct_passwd) -> tuple[str, ...]:
    """Linux only: the account, with the one capability that lets it enter and read folders closed to others.

    The project may lie under /root or in a folder of mode 0700, and opening a parent to everybody is not ours to do.
    Without no_setuid_fixup, access(2) ignores the capability and PostgreSQL cannot find its own files.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return ()
    only = "-all,+dac_read_search"
    return (
        setpriv,
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        f"--inh-caps={only}",
        f"--ambient-caps={only}",
        f"--bounding-set={only}",
        "--securebits=+no_setuid_fixup",
        "--",
    )


def can_work(user: ServerUser, places: Places, binary: Path) -> bool:
    """Whether the account can start the binary and enter VAR_DIR: tried, because rights have many sources."""
    try:
        return (
            user.run([str(binary), "--version"], PROBE_LIMIT).returncode == 0
            and user.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(places.var)], PROBE_LIMIT).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
