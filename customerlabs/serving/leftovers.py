"""What a killed supervisor left running. The next one finds it through a file, ends it, and goes on.

A pid alone proves nothing, since the system gives it out again: a process is ended only if it was created at the
moment the file says.
"""

import json
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from customerlabs.serving.places import Places
from customerlabs.serving.processes import end, group_of, is_alive, kill

PATIENCE = 10.0
"""Seconds for each leftover to end when asked."""
SAME_MOMENT = 1.0
"""Seconds. The system's own idea of when it booted, and so of when a process was created, moves a little."""


@dataclass(frozen=True)
class Known:
    """A process we started. `created` is in seconds since 1970, as psutil tells it; `stop` is a signal's name."""

    name: str
    pid: int
    created: float
    stop: str

    @classmethod
    def of(cls, name: str, pid: int, stop: signal.Signals) -> "Known | None":
        try:
            return cls(name, pid, psutil.Process(pid).create_time(), stop.name)
        except psutil.NoSuchProcess:
            return None

    def is_running(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.created) <= SAME_MOMENT and is_alive(process)
        except psutil.NoSuchProcess:
            return False


class Roll:
    """The file that lists our processes. It is replaced whole, so a reader sees the old list or the new one."""

    def __init__(self, places: Places):
        self.places = places
        self.path = places.run / "processes.json"

    def write(self, known: Iterable[Known]) -> None:
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps([asdict(process) for process in known]), encoding="utf-8")
        draft.replace(self.path)

    def read(self) -> list[Known]:
        try:
            return [Known(**entry) for entry in json.loads(self.path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError):
            return []  # cut short by a power failure: then nothing it listed is running any more


def end_leftovers(places: Places) -> list[str]:
    """End what a killed supervisor left; the names of what was still running. The caller holds the lock."""
    roll = Roll(places)
    ended = []
    # The newest first: the servers last, as in an orderly stop.
    for known in reversed(roll.read()):
        if known.is_running():
            end(known.pid, signal.Signals[known.stop], lambda: PATIENCE)
            ended.append(known.name)
        elif not psutil.pid_exists(known.pid):
            kill(orphans_of(known.pid, places.var))
    if end_postmaster(places.postgres):
        ended.append("postgres")
    roll.path.unlink(missing_ok=True)
    remove_stale_sockets(places)
    return list(dict.fromkeys(ended))


def orphans_of(leader: int, var: Path) -> list[psutil.Process]:
    """Members of a group whose leader is gone, if their environment says that they worked on our folder."""
    found = []
    for process in group_of(leader):
        try:
            if process.environ().get("VAR_DIR") == str(var):
                found.append(process)
        except psutil.Error:
            continue
    return found


def end_postmaster(data: Path) -> bool:
    """Stop a PostgreSQL that still runs on this data folder; forget a pid file that names something else.

    Left alone, a stale pid file would keep PostgreSQL from starting if its pid now belongs to another program.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return False
    except PermissionError:
        return False  # another account's data, which is refused in its turn
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        command = []
    running = bool(command) and Path(command[0]).name == "postgres" and str(data) in command
    if running:
        end(pid, signal.SIGINT, lambda: PATIENCE)
    pid_file.unlink(missing_ok=True)
    return running


def remove_stale_sockets(places: Places) -> None:
    """Nothing of ours runs any more, and the folder is ours alone: what lies there is stale."""
    if places.sockets.is_symlink() or not places.sockets.is_dir():
        return
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock", places.valkey_socket.name):
        (places.sockets / name).unlink(missing_ok=True)
