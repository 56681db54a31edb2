"""How a child is started again, and where its log goes."""

import errno
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

import pytest
import time_machine

from customerlabs.serving.children import Child, next_delay
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.kept_logs import LOG_LIFE, turn_over
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

    def say(words: str) -> None:
        said.append(words)
        supervisor.times_asked = len(said) // 2  # Twice is enough.

    supervisor = Supervisor(places, say)
    child = Child(Unstartable(), places.logs)
    child.start_again_at = 0
    supervisor.children.append(child)

    supervisor.watch()

    assert said == [f"web cannot be started (No space left on device); trying again in {delay} s." for delay in (1, 2)]


def test_a_large_log_is_put_aside_and_five_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for number in range(8):
        log.write_text(f"{number}" * 20, encoding="ascii")
        turn_over(log, large=10)

    assert log.read_bytes() == b""
    log.unlink()
    kept = {file.name: file.read_text(encoding="ascii")[0] for file in tmp_path.iterdir()}
    assert kept == {f"web.log.{number}": str(8 - number) for number in range(1, 6)}


def test_a_log_at_the_limit_stays(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("0" * 10, encoding="ascii")

    turn_over(log, large=10)

    assert log.read_text(encoding="ascii") == "0" * 10


def test_a_log_is_put_aside_when_its_month_is_over_while_its_program_goes_on_writing(tmp_path: Path) -> None:
    child = Child(Unstartable(), tmp_path)
    with child.log.open("ab", buffering=0) as writing, time_machine.travel("2026-03-31T23:59:59Z", tick=False) as now:
        child.month = (2026, 3)
        writing.write(b"march\n")
        child.turn_log_over()
        assert child.log.read_bytes() == b"march\n"
        now.move_to("2026-04-01T00:00:00Z")
        child.turn_log_over()
        writing.write(b"april\n")
        child.turn_log_over()

    assert child.log.read_bytes() == b"april\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"march\n"


def test_no_line_of_a_log_is_older_than_six_months(tmp_path: Path) -> None:
    for number, days in ((1, 149), (2, 151)):
        kept = tmp_path / f"web.log.{number}"
        kept.touch()
        os.utime(kept, times=(0, time.time() - days * 24 * 60 * 60))

    turn_over(tmp_path / "web.log")

    assert [file.name for file in tmp_path.iterdir()] == ["web.log.1"]
    assert LOG_LIFE + 31 * 24 * 60 * 60 < 182 * 24 * 60 * 60
