"""A database of a test's own, which a restore may put another in the place of; and a real backup of it, restored."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from psycopg import sql

from customerlabs.serving.places import Places
from privacy.continuity import databases
from privacy.continuity.age import drill_key_file, read_identities
from privacy.continuity.programs import Server
from privacy.continuity.reading import BackupFile
from privacy.continuity.restore import Restored, examined, restore
from privacy.continuity.rotation import files
from privacy.continuity.storage import DurableFiles, continuity

NAME = f"customerlabs_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_tests_of_restores"
"""The processes of a test run share one server."""


@contextmanager
def database_of_its_own() -> Iterator[str]:
    """A copy of the tests' database, to which Django's connection leads meanwhile; its name. Outside transactions."""
    server = Server.of_the_site()
    connection.close()
    with databases.standing_elsewhere(server) as session:
        _drop_all(session)
        parts = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        session.execute(parts.format(sql.Identifier(NAME), sql.Identifier(server.live)))
        try:
            with databases.working_in(NAME):
                yield NAME
        finally:
            _drop_all(session)


def _drop_all(session: databases.Session) -> None:
    for name in beside(session):
        databases.drop(session, name)


def beside(session: "databases.Session | None" = None) -> list[str]:
    """The names of the test's database, and of those that a restore left beside it."""
    if session is None:
        with databases.standing_elsewhere(Server.of_the_site()) as session:
            return beside(session)
    names = session.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
    return [str(name) for (name,) in names if str(name).startswith(NAME)]


def store_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the ledger and the backups there, as files."""
    monkeypatch.setitem(storages._storages, "continuity", DurableFiles(location=folder))  # type: ignore[attr-defined]


def store_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, and the key of the latest backup with them: other processes of the tests make backups too."""
    store_in(folder, monkeypatch)
    monkeypatch.setattr(settings, "PLACES", Places(folder / "var"))


def latest_backup() -> BackupFile:
    """With the key that this machine has for it."""
    name = next(iter(files()))[0]
    return BackupFile(name, lambda: continuity().open(name), read_identities(drill_key_file()))


def restored(say: Any = lambda text: None) -> Restored:
    """The latest backup in the place of the database that Django's connection leads to."""
    file = latest_backup()
    return restore(file, examined(file, say), say)
