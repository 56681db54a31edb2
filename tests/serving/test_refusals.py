"""What keeps a site from starting is said in one clear sentence, without a traceback, and the status is not 0."""

import os
import secrets
import socket
from pathlib import Path

import psutil
import pytest
from pyrage.x25519 import Identity

from customerlabs.serving.places import Places
from customerlabs.serving.postgres import program
from customerlabs.serving.server_user import choose_server_user
from privacy.rings import RINGS
from tests.serving.running import free_port, serve_to_its_end

pytestmark = pytest.mark.services

OWN_KEYS = {
    **{name: secrets.token_urlsafe(48) for name in RINGS},
    "BACKUP_RECIPIENT": str(Identity.generate().to_public()),
}
PASSWORD = "never-shown-to-anybody"


def refusal(var: Path, port: int | str, **more: str) -> str:
    """What it says; also makes sure of the manner, and that nothing is left."""
    refused = serve_to_its_end(var, port, **more)

    assert refused.returncode not in {0, -11}
    assert "Traceback" not in refused.stdout
    assert PASSWORD not in refused.stdout
    assert [process for process in psutil.process_iter() if str(var) in " ".join(arguments(process))] == []
    return refused.stdout


def arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refusal(tmp_path / "var", port)

    assert f"Port {port} is taken by another program" in said
    assert "PORT=" in said


def test_an_impossible_port_is_named(tmp_path: Path) -> None:
    assert "PORT is 70000" in refusal(tmp_path / "var", 70000)


def test_a_port_that_is_no_number_is_named(tmp_path: Path) -> None:
    assert "PORT" in refusal(tmp_path / "var", "eighty")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    # Below a file: not even root can make a folder there.
    (tmp_path / "file").touch()

    said = refusal(tmp_path / "file" / "var", free_port())

    assert str(tmp_path / "file" / "var") in said
    assert "VAR_DIR" in said


def test_data_of_another_postgresql_is_left_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    data = Places(var).postgres
    data.mkdir(parents=True, mode=0o700)
    (data / "PG_VERSION").write_text("15\n", encoding="ascii")
    user = choose_server_user(Places(var), program("postgres"))
    os.chown(data, user.uid, user.gid)

    said = refusal(var, free_port())

    assert f"The data in {data} was made by PostgreSQL 15, and the one installed here is 18." in said
    assert "restore the latest backup, as docs/operating.md says" in said
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_data_folder_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    data = Places(var).postgres
    data.mkdir(parents=True, mode=0o700)
    (data / "thesis.txt").touch()
    user = choose_server_user(Places(var), program("postgres"))
    os.chown(data, user.uid, user.gid)

    said = refusal(var, free_port())

    assert "holds no PostgreSQL data" in said
    assert (data / "thesis.txt").exists()


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    closed = free_port()

    said = refusal(
        tmp_path / "var",
        free_port(),
        DATABASE_URL=f"postgres://somebody:{PASSWORD}@127.0.0.1:{closed}/site",
        **OWN_KEYS,
    )

    assert f"DATABASE_URL: the database at 127.0.0.1:{closed} cannot be used (Connection refused" in said
    assert not Places(tmp_path / "var").postgres.exists()


def test_a_broker_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    closed = free_port()

    said = refusal(tmp_path / "var", free_port(), REDIS_URL=f"redis://:{PASSWORD}@127.0.0.1:{closed}/0")

    assert f"REDIS_URL: the server at 127.0.0.1:{closed} cannot be used" in said
    assert not Places(tmp_path / "var").valkey.exists()


def test_a_first_address_that_is_none_is_named(tmp_path: Path) -> None:
    assert "FIRST_STAFF_EMAIL is 'nobody'" in refusal(tmp_path / "var", free_port(), FIRST_STAFF_EMAIL="nobody")
