"""Databases beside the live one: made, filled, put in its place, dropped. The live one is never written here.

A restore ends with two renamings in one transaction: there is no moment at which the site has no database, or half of
one.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
from django.db import connection
from psycopg import errors, sql

from privacy.continuity.programs import RowOfAnything, Server
from privacy.continuity.refusal import Refused

Session = psycopg.Connection[RowOfAnything]

ELSEWHERE = ("postgres", "template1")
"""Where one stands to rename or drop a database: never in it."""
LONGEST_NAME = 63
STAMP = "%Y%m%dt%H%M%S"
STAMP_LENGTH = 15
NOTICED = 3.0
"""Seconds that the server may take to see that a connection was closed: this command's own, or that of a killed one."""


def beside(live: str, what: str) -> str:
    """The name of a database beside the live one, the same each time."""
    return f"{live[: LONGEST_NAME - len(what) - 1]}_{what}"


def former_name(live: str, at: datetime) -> str:
    return beside(live, f"before_{at.astimezone(UTC):{STAMP}}")


@contextlib.contextmanager
def standing_elsewhere(server: Server) -> Iterator[Session]:
    """A session on the same server, outside every database that this is about."""
    for database in ELSEWHERE:
        try:
            session = server.connect(database)
        except psycopg.OperationalError:
            continue
        with session:
            yield session
            return
    raise Refused(
        "The account of the database may not connect to the database “postgres” of its server, from where others are "
        "made. As a superuser of the server, type: GRANT CONNECT ON DATABASE postgres TO PUBLIC. Then type the same "
        "command again."
    )


def refuse_without_rights(session: Session, live: str) -> None:
    """Raises Refused when this account can't make a database, or the live one is not its own."""
    may = session.execute(
        "SELECT current_user, rolsuper OR rolcreatedb, rolsuper OR pg_has_role(datdba, 'USAGE')"
        " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = %s",
        [live],
    ).fetchone()
    role, may_create, owns = may or ("?", False, False)
    if not may_create:
        raise Refused(
            f"The database account “{role}” may not make a database, and a restore needs a second one beside the live "
            f'one. As a superuser of the server, type: ALTER ROLE "{role}" CREATEDB. Then type the same command again.'
        )
    if not owns:
        raise Refused(
            f"The database “{live}” does not belong to the account “{role}”, which could not put another in its place. "
            f'As a superuser of the server, type: ALTER DATABASE "{live}" OWNER TO "{role}". Then type the same '
            "command again."
        )


def refuse_others(session: Session, live: str) -> None:
    """Raises Refused while anybody else is connected to the live database."""
    patience = time.monotonic() + NOTICED
    while (others := _others(session, live)) and time.monotonic() < patience:
        time.sleep(0.05)
    if others:
        raise Refused(
            f"{others} connections are open to the database “{live}”: the site still runs. Stop its web, worker and "
            "beat processes, then type the same command again. Nothing was changed."
        )


def _others(session: Session, live: str) -> int:
    connected = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    (number,) = session.execute(connected, [live]).fetchone() or (0,)
    return int(number)


def create(session: Session, name: str, *, like: str) -> None:
    """An empty database that orders and compares text as another does. One left by a kill is dropped first."""
    drop(session, name)
    row = session.execute(
        "SELECT pg_encoding_to_char(encoding), datlocprovider, datcollate, datctype, to_jsonb(d)->>'datlocale'"
        " FROM pg_database d WHERE datname = %s",
        [like],
    ).fetchone()
    encoding, provider, collate, ctype, locale = row or ("UTF8", "c", "C", "C", None)
    parts = [sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}").format(sql.Identifier(name), encoding)]
    parts += [sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(collate, ctype)]
    if provider == "b":
        parts += [sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE {}").format(locale)]
    elif provider == "i" and locale:
        parts += [sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE {}").format(locale)]
    try:
        session.execute(sql.SQL(" ").join(parts))
    except errors.DiskFull:
        raise Refused(DISK_FULL) from None


DISK_FULL = (
    "The database's disk is full: nothing was changed, and what had been restored was removed. Free some room (`df -h` "
    "shows where it is missing), then type the same command again."
)


def drop(session: Session, name: str) -> None:
    """Drop a database of ours, whoever is still connected to it."""
    session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def switch(session: Session, live: str, new: str, former: str) -> None:
    """Put the new database in the live one's place, and keep that under another name: both, or neither."""
    try:
        with session.transaction():
            session.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(live), sql.Identifier(former))
            )
            session.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(live)))
    except errors.ObjectInUse:
        refuse_others(session, live)
        raise Refused(f"The database “{live}” was in use at the last moment. Type the same command again.") from None


def formers(session: Session, live: str) -> list[tuple[str, datetime]]:
    """The databases that restores have put aside, and when."""
    stamped = re.compile(re.escape(former_name(live, datetime.now(UTC))[:-STAMP_LENGTH]) + r"(\d{8}t\d{6})")
    names = session.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
    found = [(name, stamped.fullmatch(name)) for (name,) in names]
    return [(name, datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)) for name, match in found if match]


def existing(session: Session, names: list[str]) -> list[str]:
    """Those of these databases that are there."""
    found = session.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s) ORDER BY datname", [names])
    return [str(name) for (name,) in found.fetchall()]


@contextlib.contextmanager
def working_in(database: str) -> Iterator[None]:
    """Django's own connection leads to another database for as long as the block runs.

    For commands and workers, which do one thing at a time: never in a web process, whose threads share this setting.
    """
    before = connection.settings_dict["NAME"]
    _lead_to(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            if cursor.fetchone() != (database,):
                raise RuntimeError("The connection did not follow to the other database.")
        yield
    finally:
        _lead_to(before)


def _lead_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
