"""How a child is started again, and where its log goes."""

import errno
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO

import pytest

from customerlabs.serving.children import Child, next_delay, put_large_log_aside
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.places import Places
from customerlabs.serving.supervisor import Supervisor


def test_the_delay_doubles_up_to_a_minute() -> None:
    delays = [0.0]
    for _ in range(8):
        delays.append(next_delay(delays[-1], lived=0.5))

    assert delays[1:] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(("lived", "expected"), [(59.9, 60), (60, 1), (3600, 1)])
def test_a_child_that_lived_a_minute_starts_again_at_once(lived: float, expected: float) -> None:
    assert next_delay(60, lived) == expected


class Unstartable:
    name = "web"
    stop_signal = signal.SIGTERM
    patience = 1.0

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_child_that_cannot_be_started_does_not_stop_the_others(tmp_path: Path) -> None:
    places = Places(tmp_path / "var")
    prepare_var(places)
    said: list[str] = []
    supervisor = Supervisor(places, said.append)
    child = Child(Unstartable(), places.logs)
    child.start_again_at = 0
    supervisor.children.append(child)
    stopper = threading.Timer(2.5, lambda: setattr(supervisor, "times_asked", 1))

    stopper.start()
    supervisor.watch()

    assert said == [f"web cannot be started (No space left on device); trying again in {delay} s." for delay in (1, 2)]


def test_a_large_log_is_put_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for number in range(6):
        log.write_text(f"{number}" * 20, encoding="ascii")
        put_large_log_aside(log, large=10)

    assert not log.exists()
    kept = {file.name: file.read_text(encoding="ascii")[0] for file in tmp_path.iterdir()}
    assert kept == {"web.log.1": "5", "web.log.2": "4", "web.log.3": "3"}


def test_a_log_at_the_limit_stays(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("0" * 10, encoding="ascii")

    put_large_log_aside(log, large=10)

    assert log.exists()
