"""A real site for the tests: `manage.py serve` in a process of its own, on a data folder of its own."""

import contextlib
import itertools
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from customerlabs.serving.leftovers import Roll
from customerlabs.serving.places import Places
from customerlabs.serving.port import status_of
from customerlabs.serving.processes import end, family, group_of, is_alive

PROJECT = Path(__file__).resolve().parent.parent.parent
READY = "Ctrl-C stops everything."
START_LIMIT = 120.0
KEYS = ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS", "BACKUP_RECIPIENT")
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", *KEYS, "EMAIL_URL", "LANG", "LC_ALL", "SITE_URL")


NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = range(10_000 + NUMBER % 8, 32_768, 8)
"""Below those that the system gives to whoever calls somebody; each process of a test run has its own."""
_tried = itertools.count(secrets.randbelow(len(PORTS)))


def free_port() -> int:
    """One that nobody listens on, and that nobody else takes before it is used."""
    while True:
        port = PORTS[next(_tried) % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def surroundings(var: Path | str, port: int | str, **more: str) -> dict[str, str]:
    """The environment of a site: ours without what belongs to the test run, and with a language nobody set."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return {**kept, "VAR_DIR": str(var), "PORT": str(port), **more}


def serve_to_its_end(var: Path | str, port: int | str, **more: str) -> subprocess.CompletedProcess[str]:
    """Start a site that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=PROJECT,
        env=surroundings(var, port, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=START_LIMIT,
        check=False,
    )


class Site:
    """One site; `seen` gathers every process it ever had, so that none can be overlooked at the end."""

    def __init__(self, var: Path, port: int | None = None):
        self.var = var
        self.places = Places(var)
        self.port = port or free_port()
        self.output = var.parent / f"{var.name}.output"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.first_said = ""
        self.seen: dict[int, psutil.Process] = {}

    def start(self, until: str = READY, **more: str) -> None:
        """Start it and wait until it has said this."""
        with self.output.open("wb") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=PROJECT,
                env=surroundings(self.var, self.port, **more),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.wait_for(until)

    def wait_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + START_LIMIT
        while len(re.findall(re.escape(text), self.said())) < times:
            assert self.supervisor is not None
            assert self.supervisor.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        self.note()

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def pid_of(self, name: str) -> int:
        return next(known.pid for known in Roll(self.places).read() if known.name == name)

    def pids(self) -> set[int]:
        """Of the children that run now."""
        return {known.pid for known in Roll(self.places).read() if known.is_running()}

    def note(self) -> None:
        """Take note of every process there is now."""
        assert self.supervisor is not None
        for known in Roll(self.places).read():
            self.seen.update({member.pid: member for member in (*family(known.pid), *group_of(known.pid))})
        self.seen.update({member.pid: member for member in family(self.supervisor.pid)})

    def left(self) -> list[str]:
        """The processes that are still there, as their commands."""
        return [" ".join(process.cmdline()) for process in self.seen.values() if is_alive(process)]

    def query(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with self.database() as connection:
            return connection.execute(statement).fetchall()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection of its own, while it runs."""
        password = (self.places.secrets / "postgres_password").read_text(encoding="ascii").strip()
        with psycopg.connect(
            host=str(self.places.sockets), dbname="customerlabs", user="customerlabs", password=password
        ) as connection:
            yield connection

    def page(self) -> int | None:
        return status_of(self.port, "/fr/", f"127.0.0.1:{self.port}")

    def ask_to_stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status after this signal."""
        assert self.supervisor is not None
        self.note()
        self.supervisor.send_signal(number)
        return self.supervisor.wait(START_LIMIT)

    def clear_away(self) -> None:
        """Whatever a failed test left."""
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.note()
            end(self.supervisor.pid, signal.SIGTERM, lambda: 30)
            self.supervisor.wait()
        for process in self.seen.values():
            with contextlib.suppress(psutil.Error):
                process.kill()
