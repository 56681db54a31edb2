"""A child of the supervisor: started, watched, started again when it dies, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from customerlabs.serving.kept_logs import month_of, turn_over
from customerlabs.serving.processes import end, group_of, is_alive, kill, process_of

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
STEADY_AFTER = 60.0
"""Seconds. One that lived this long starts again after the first delay."""
HURRIED = 2.0
"""Seconds of patience once somebody has asked twice."""


class Program(Protocol):
    """What a child runs. `patience` is in seconds: how long it may take to end before it is killed."""

    name: str
    stop_signal: signal.Signals
    patience: float

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]: ...


@dataclass
class PythonProgram:
    """A module run by this same Python, in the project's folder."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    patience: float
    stop_signal: signal.Signals = signal.SIGTERM

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, so that a terminal's Ctrl-C does not reach it before its turn."""
        return subprocess.Popen(  # noqa: S603  (the commands are ours)
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


class Child:
    """One program, its log, and how often it has died lately."""

    def __init__(self, program: Program, logs: Path):
        self.program = program
        self.name = program.name
        self.log = logs / f"{program.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.delay = 0.0
        self.start_again_at: float | None = None
        self.month = month_of(self.log.stat().st_mtime if self.log.exists() else time.time())

    def turn_log_over(self) -> None:
        month = month_of(time.time())
        turn_over(self.log, new_month=month != self.month)
        self.month = month

    def start(self) -> subprocess.Popen[bytes]:
        self.started_at = time.monotonic()
        self.start_again_at = None
        self.turn_log_over()
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            self.process = self.program.start(log)
        return self.process

    def has_died(self) -> bool:
        """True once for each death, which also sets when to start it again."""
        if self.process is None or any(is_alive(process) for process in process_of(self.process.pid)):
            return False
        # Before the system may give its pid out again: its own children could still hold the port.
        kill(group_of(self.process.pid))
        self.process.wait()
        self.process = None
        self.put_off()
        return True

    def put_off(self) -> None:
        """Set when to start it again, the later the less it lived."""
        now = time.monotonic()
        self.delay = next_delay(self.delay, lived=now - self.started_at)
        self.start_again_at = now + self.delay

    def is_due(self) -> bool:
        return self.start_again_at is not None and time.monotonic() >= self.start_again_at

    def stop(self, in_a_hurry: Callable[[], bool]) -> bool:
        """End it and everything it started. True if it ended by itself when asked."""
        self.start_again_at = None
        if self.process is None:
            return True
        patience = self.program.patience
        willing = end(
            self.process.pid, self.program.stop_signal, lambda: min(patience, HURRIED) if in_a_hurry() else patience
        )
        self.process.wait()
        self.process = None
        return willing


def next_delay(delay: float, lived: float) -> float:
    """Seconds to wait before starting again, after the last delay and a life of so many seconds: 1, 2, 4 … 60."""
    if delay == 0 or lived >= STEADY_AFTER:
        return FIRST_DELAY
    return min(delay * 2, LONGEST_DELAY)
