"""What a killed supervisor left is ended; what merely has the same pid is not."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from customerlabs.serving.folders import prepare_var
from customerlabs.serving.leftovers import Known, Roll, end_leftovers
from customerlabs.serving.places import Places
from customerlabs.serving.processes import group_of, is_alive

pytestmark = pytest.mark.services


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "var")
    prepare_var(places)
    return places


@pytest.fixture
def sleeper(places: Places) -> Iterator[subprocess.Popen[bytes]]:
    """A shell that waits for a child of its own, in a session of its own."""
    with subprocess.Popen(
        ["sh", "-c", "sleep 60 & wait"], start_new_session=True, env={**os.environ, "VAR_DIR": str(places.var)}
    ) as process:
        while len(group_of(process.pid)) < 2:
            pass
        yield process
        for member in group_of(process.pid):
            member.kill()


def test_a_leftover_is_ended_with_everything_it_started(places: Places, sleeper: subprocess.Popen[bytes]) -> None:
    members = group_of(sleeper.pid)
    known = Known.of("web", sleeper.pid, signal.SIGTERM)
    assert known is not None
    Roll(places).write([known])

    assert end_leftovers(places) == ["web"]

    assert [member for member in members if is_alive(member)] == []
    assert end_leftovers(places) == []


def test_a_process_that_got_an_old_pid_is_left_alone(places: Places, sleeper: subprocess.Popen[bytes]) -> None:
    created = psutil.Process(sleeper.pid).create_time()
    Roll(places).write([Known("web", sleeper.pid, created - 5, "SIGTERM")])

    assert end_leftovers(places) == []

    assert len(group_of(sleeper.pid)) == 2


def test_children_of_a_leader_that_is_gone_are_ended(places: Places, sleeper: subprocess.Popen[bytes]) -> None:
    known = Known.of("web", sleeper.pid, signal.SIGTERM)
    assert known is not None
    Roll(places).write([known])
    sleeper.kill()
    sleeper.wait()
    assert len(group_of(sleeper.pid)) == 1

    end_leftovers(places)

    assert group_of(sleeper.pid) == []


def test_a_roll_that_was_cut_short_stops_nobody(places: Places) -> None:
    Roll(places).path.write_text('[{"name": "web", "pid"', encoding="utf-8")

    assert end_leftovers(places) == []


def test_a_pid_file_of_postgresql_that_names_another_program_is_removed(
    places: Places, sleeper: subprocess.Popen[bytes]
) -> None:
    places.postgres.mkdir()
    pid_file = places.postgres / "postmaster.pid"
    pid_file.write_text(f"{sleeper.pid}\n{places.postgres}\n", encoding="ascii")

    assert end_leftovers(places) == []

    assert not pid_file.exists()
    assert sleeper.poll() is None
