"""The life of a site from its first start on, on one data folder, since each first start takes seconds."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from customerlabs.serving.processes import is_alive
from tests.serving.running import PROJECT, Site, serve_to_its_end, surroundings

pytestmark = pytest.mark.services

CHILDREN = {"postgres", "valkey", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # As deep and as awkward as folders get: sockets would not fit, and quoting errors would show.
    deep = tmp_path_factory.mktemp("sité") / "a folder with 'spaces' & more" / ("deep" * 25)
    deep.mkdir(parents=True)
    site = Site(deep / "var")
    modes = {folder: folder.stat().st_mode for folder in site.var.parents}
    try:
        site.start()
        site.first_said = site.said()
        assert {folder: folder.stat().st_mode for folder in site.var.parents} == modes
        yield site
    finally:
        site.clear_away()


def doctor(site: Site) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=PROJECT,
        env=surroundings(site.var, site.port),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def running(site: Site) -> Site:
    """The site, started if a test before has stopped it."""
    if site.supervisor is None or site.supervisor.poll() is not None:
        site.start()
    return site


@pytest.fixture
def stopped(site: Site) -> Site:
    """The site, stopped if a test before has left it running."""
    if site.supervisor is not None and site.supervisor.poll() is None:
        site.ask_to_stop()
    return site


def test_a_first_start_shows_a_password_and_a_warning_and_the_addresses(site: Site) -> None:
    said = site.first_said

    assert "admin@customer-labs.com  password: " in said
    assert len(said.split("password: ")[1].split()[0]) >= 20
    assert "share one disk" in said
    assert f"http://127.0.0.1:{site.port}/fr/" in said
    assert f"http://127.0.0.1:{site.port}/admin/" in said
    assert str(site.places.mail) in said
    assert str(site.places.logs) in said


def test_keys_and_logs_are_for_their_owner_only(running: Site) -> None:
    files = [*running.places.secrets.iterdir(), *running.places.logs.iterdir()]
    folders = [running.places.secrets, running.places.logs, running.places.run, running.places.mail]
    folders += [running.places.postgres, running.places.valkey, running.places.sockets]

    assert {"secret_key", "subject_keys", "postgres_password"} <= {file.name for file in files}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_the_doctor_finds_nothing_wrong_with_a_new_site(running: Site) -> None:
    wait_until(lambda: " ready." in (running.places.logs / "worker.log").read_text(encoding="utf-8"))

    status, said = doctor(running)

    assert status == 0, said
    assert "wrong    " not in said
    assert "ok       worker         1 answers" in said


def test_the_password_is_written_nowhere(running: Site) -> None:
    password = running.first_said.split("password: ")[1].split()[0]

    for file in running.var.rglob("*"):
        if file.is_file() and not file.is_relative_to(running.places.static):
            assert password.encode() not in file.read_bytes(), file


def test_a_second_supervisor_on_the_same_folder_says_who_runs(running: Site) -> None:
    assert running.supervisor is not None

    refused = serve_to_its_end(running.var, running.port)

    assert refused.returncode == 1
    assert str(running.supervisor.pid) in refused.stdout
    assert "already runs" in refused.stdout
    assert "Traceback" not in refused.stdout
    assert running.page() == 200


@pytest.mark.parametrize(
    "name", ["worker", *(pytest.param(name, marks=pytest.mark.faults) for name in sorted(CHILDREN - {"worker"}))]
)
def test_a_child_that_dies_is_started_again(running: Site, name: str) -> None:
    before = running.pid_of(name)
    times = running.said().count(f"{name} has ended")

    os.kill(before, signal.SIGKILL)
    running.wait_for(f"{name} has ended; starting it again in 1 s. See {running.places.logs / name}.log", times + 1)

    wait_until(lambda: before not in running.pids() and len(running.pids()) == len(CHILDREN))
    wait_until(lambda: running.page() == 200)


def test_it_stops_in_order_and_leaves_no_process(running: Site) -> None:
    assert running.ask_to_stop(signal.SIGTERM) == 0

    assert len(running.seen) > len(CHILDREN)
    assert running.left() == []
    assert running.said().rstrip().endswith("Stopped.")
    assert "was killed" not in running.said()
    assert running.page() is None


def test_a_second_start_takes_seconds_and_shows_no_password(stopped: Site) -> None:
    site = stopped
    begun = time.monotonic()

    site.start()

    assert site.page() == 200
    assert time.monotonic() - begun < 60
    assert "password" not in site.said()
    assert "share one disk" not in site.said()


def test_after_a_kill_the_next_start_recovers_by_itself(running: Site) -> None:
    assert running.supervisor is not None
    running.note()
    orphans = [process for pid, process in running.seen.items() if pid != running.supervisor.pid]
    running.supervisor.kill()
    running.supervisor.wait()
    assert any(is_alive(orphan) for orphan in orphans)

    running.start()

    assert "cut short" in running.said()
    assert [orphan for orphan in orphans if is_alive(orphan)] == []
    assert running.page() == 200


@pytest.mark.faults
def test_a_closed_terminal_stops_everything(running: Site) -> None:
    assert running.ask_to_stop(signal.SIGHUP) == 0

    assert running.left() == []


@pytest.mark.faults
@pytest.mark.parametrize("said", ["Making tables", "Starting the site"])
def test_ctrl_c_while_it_starts_leaves_no_process(stopped: Site, said: str) -> None:
    site = stopped
    site.start(until=said)

    assert site.ask_to_stop(signal.SIGINT) == 0, site.said()

    assert site.left() == []
    assert "Traceback" not in site.said()


@pytest.mark.faults
def test_a_second_signal_shortens_the_wait(running: Site) -> None:
    # A worker that does not listen: stopped by the system, it would use up all of its patience.
    assert running.supervisor is not None
    running.note()
    os.kill(running.pid_of("worker"), signal.SIGSTOP)
    begun = time.monotonic()

    running.supervisor.send_signal(signal.SIGINT)
    running.wait_for("Stopping")
    running.supervisor.send_signal(signal.SIGINT)

    assert running.supervisor.wait(30) == 0
    assert time.monotonic() - begun < 12
    assert "worker did not end when asked and was killed." in running.said()
    assert running.left() == []


def wait_until(holds: Callable[[], bool], limit: float = 90) -> None:
    deadline = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
