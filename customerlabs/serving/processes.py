"""Ending processes in good order: asked first, then made to, with everything they started."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable

import psutil


def family(pid: int) -> list[psutil.Process]:
    """A process and everything it started: PostgreSQL's children leave its process group."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def tell_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group that this process leads; each of our children leads one of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def end(pid: int, first: signal.Signals, patience: float) -> None:
    """Ask a process group to end, wait so many seconds for it, then kill what is left of it.

    The first signal goes to the leader alone: gunicorn, Celery and PostgreSQL each tell their own children.
    """
    members = family(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, first)
    _, left = psutil.wait_procs(members, timeout=patience)
    kill([*left, *group_of(pid)])


def group_of(leader: int) -> list[psutil.Process]:
    """The living members of a process group, its leader dead or alive."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.Error, PermissionError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill these and wait until they are gone. psutil compares creation times, so a reused pid is left alone."""
    unique = list({process.pid: process for process in processes}.values())
    for process in unique:
        with contextlib.suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + 10
    while any(is_alive(process) for process in unique) and time.monotonic() < deadline:
        time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
