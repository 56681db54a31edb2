"""With DATABASE_URL: backup, drill and restore on a PostgreSQL server that somebody else runs."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pyrage.x25519 import Identity

from customerlabs.serving.places import Places
from customerlabs.serving.server_user import choose_server_user
from privacy.continuity.programs import program
from tests.serving.running import PROJECT, free_port, surroundings

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(600), pytest.mark.promise("P7.4", "P7.5")]
PASSWORD = secrets.token_hex(16)


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database, whose account may make others and is no superuser."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="customerlabs-server-", ignore_cleanup_errors=True) as folder:
        place, password, data = Path(folder), Path(folder) / "password", Path(folder) / "data"
        user = choose_server_user(Places(place), program("initdb"))
        password.write_text(PASSWORD)
        data.mkdir(mode=0o700)
        for path in (password, data):
            os.chown(path, user.uid, user.gid)
        place.chmod(0o711)

        def run(name: str, *options: str) -> None:
            done = user.run([str(program(name)), "-D", str(data), *options], 60)
            assert done.returncode == 0, done.stdout

        run("initdb", "-E", "UTF8", "-U", "postgres", f"--pwfile={password}", "-A", "scram-sha-256")
        run("pg_ctl", "-o", f"-p {port} -c listen_addresses=127.0.0.1 -k ''", "-l", str(data / "log"), "-w", "start")
        try:
            server = f"127.0.0.1:{port}"
            with psycopg.connect(f"postgresql://postgres:{PASSWORD}@{server}/postgres", autocommit=True) as session:
                session.execute(f"CREATE ROLE app LOGIN CREATEDB PASSWORD '{PASSWORD}'")
                session.execute("CREATE DATABASE site OWNER app")
            yield f"postgres://app:{PASSWORD}@{server}/site"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")


def test_a_backup_is_tried_and_put_in_the_database_s_place(database: str, tmp_path: Path) -> None:
    identity = Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"{identity}\n")
    environment = surroundings(
        tmp_path / "var",
        free_port(),
        DATABASE_URL=database,
        REDIS_URL="redis://127.0.0.1:1/0",
        SITE_URL="http://127.0.0.1",
        DEBUG="true",
        BACKUP_RECIPIENT=str(identity.to_public()),
        **{name: _key() for name in ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS")},
    )

    def manage(*words: str) -> str:
        command = [sys.executable, "-W", "ignore", "manage.py", *words]
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "--verbosity=0")
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("INSERT INTO privacy_wording (digest, text) VALUES (repeat('d', 64), 'before')")
    assert "Backup made" in manage("backup")
    assert "Passed" in manage("restore_drill")
    with psycopg.connect(database, autocommit=True) as session:
        session.execute("INSERT INTO privacy_wording (digest, text) VALUES (repeat('e', 64), 'after')")
    (backup,) = (tmp_path / "var" / "continuity" / "backups").glob("*.age")

    said = manage("restore", str(backup), "--identity", str(key))

    assert "Restored" in said
    with psycopg.connect(database) as session:
        assert session.execute("SELECT text FROM privacy_wording").fetchall() == [("before",)]
    assert "The audit trail is whole" in manage("verify_audit")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
