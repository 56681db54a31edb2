"""The embedded PostgreSQL: discreet, private, and able to live in a folder that only root may enter."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from customerlabs.keys import read_or_create
from customerlabs.serving import server_user
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.places import Places
from customerlabs.serving.postgres import EmbeddedPostgres, program
from customerlabs.serving.processes import end
from customerlabs.serving.refusal import Refusal
from customerlabs.serving.server_user import choose_server_user

pytestmark = pytest.mark.services

only_embedded = pytest.mark.skipif(not settings.EMBEDDED_DATABASE, reason="DATABASE_URL was set by hand")
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user the servers run as that user")


@contextlib.contextmanager
def running(postgres: EmbeddedPostgres) -> Iterator[None]:
    with (postgres.places.logs / "postgres.log").open("ab") as log:
        process = postgres.start(log)
    try:
        postgres.wait_until_ready(process)
        yield
    finally:
        end(process.pid, postgres.stop_signal, lambda: 10)
        process.wait()


@contextlib.contextmanager
def connected(places: Places) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(
        host=str(places.sockets),
        dbname="customerlabs",
        user="customerlabs",
        password=read_or_create(places.secrets / "postgres_password"),
        autocommit=True,
    ) as opened:
        yield opened


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder of mode 0700, as `mktemp -d` makes it: as root, nobody else can enter it."""
    with tempfile.TemporaryDirectory(prefix="closed ") as name:
        yield Path(name)


@only_embedded
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'canary-typed'::integer",
        "SELECT canary_typed",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('canary-typed', NULL, now())",
        "DO $$ BEGIN RAISE WARNING 'canary-typed'; END $$",
    ],
)
def test_the_log_of_the_server_never_quotes_what_was_typed(statement: str) -> None:
    with connection.cursor() as cursor, contextlib.suppress(DatabaseError):
        cursor.execute(statement)

    assert "canary" not in settings.PLACES.logs.joinpath("postgres.log").read_text(encoding="utf-8")


@only_embedded
@pytest.mark.django_db
def test_the_application_is_no_superuser_and_the_server_listens_on_its_socket_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        for name, expected in {
            "listen_addresses": "",
            "data_checksums": "on",
            "password_encryption": "scram-sha-256",
            "server_encoding": "UTF8",
        }.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (expected,)


@only_embedded
def test_a_wrong_password_opens_nothing() -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=str(settings.PLACES.sockets), dbname="postgres", user="postgres", password="guessed"
        ).close()


def test_it_lives_in_a_folder_that_others_may_not_enter(closed_folder: Path) -> None:
    places = Places(closed_folder / "var")
    prepare_var(places)
    (places.var / "postgres.new").mkdir()
    (places.var / "postgres.new" / "half").touch()  # an initialisation that was killed
    postgres = EmbeddedPostgres(places, choose_server_user(places, program("postgres")), durable=False)

    assert postgres.prepare() is True
    assert postgres.prepare() is False
    with running(postgres):
        postgres.make_database()
        postgres.make_database()
        with connected(places) as opened:
            assert opened.execute("SELECT current_setting('fsync')").fetchone() == ("off",)
            opened.execute("CREATE DATABASE another")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute("CREATE ROLE another")

    assert closed_folder.stat().st_mode & 0o777 == 0o700
    assert closed_folder.stat().st_uid == os.geteuid()
    assert not (places.var / "postgres.new").exists()
    assert [file.name for file in places.sockets.iterdir()] == []


@only_root
def test_root_hands_the_servers_to_somebody_else(closed_folder: Path) -> None:
    places = Places(closed_folder / "var")
    prepare_var(places)

    user = choose_server_user(places, program("postgres"))
    answer = user.run(["/bin/sh", "-c", "id -u; grep Cap /proc/self/status"], 10)

    assert user.uid != 0
    lines = answer.stdout.split("\n")
    assert int(lines[0]) == user.uid
    if sys.platform == "linux":
        # CAP_DAC_READ_SEARCH and nothing else, not even within reach.
        assert {int(line.split()[1], 16) for line in lines[1:] if line} == {1 << 2}


@only_root
def test_without_a_way_in_it_says_what_to_do(closed_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(closed_folder / "var")
    prepare_var(places)
    monkeypatch.setattr(server_user, "reading_prefix", lambda account: ())

    with pytest.raises(Refusal, match="Run this as an ordinary user, or put the project and VAR_DIR in folders"):
        choose_server_user(places, program("postgres"))


def test_data_of_another_account_is_refused_with_its_name(closed_folder: Path) -> None:
    places = Places(closed_folder / "var")
    prepare_var(places)
    user = choose_server_user(places, program("postgres"))
    places.postgres.mkdir(mode=0o700)
    os.chown(places.postgres, user.uid, user.gid)
    stranger = server_user.ServerUser(user.uid + 1, user.gid, "stranger")

    with pytest.raises(Refusal, match=r"belongs to the account .*, and this would run as stranger"):
        EmbeddedPostgres(places, stranger).accept_existing()


def test_a_test_run_that_is_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DATABASE", "REDIS"))}
    slow = tmp_path / "test_slow.py"
    slow.write_text(
        "import time\ndef test_slow():\n    print('slow', flush=True)\n    time.sleep(60)\n", encoding="utf-8"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", "-c", "pyproject.toml", str(slow)],
        env={**kept, "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        said = ""
        while "slow\n" not in said:
            line = run.stdout.readline()
            assert line, said
            said += line
        folders = list(tmp_path.glob("customerlabs-tests-*"))
        run.terminate()
        run.communicate(timeout=60)

    assert len(folders) == 1
    assert list(tmp_path.glob("customerlabs-tests-*")) == []
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(folders[0]) not in found
