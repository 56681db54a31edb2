"""Finding and ending processes in good order: asked first, then made to, with everything they started."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable

import psutil

KILL_LIMIT = 10
"""Seconds. A killed process is gone at once, unless a disk holds it up."""

ORPHANS_LIMIT = 2
"""Seconds. What a process leaves behind at its end has nobody left to tell it to end."""


def family(pid: int) -> list[psutil.Process]:
    """A process and everything it started: PostgreSQL's children leave its process group."""
    try:
        return [member for parent in process_of(pid) for member in (parent, *parent.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def process_of(pid: int) -> list[psutil.Process]:
    """The process of that pid, if there is one."""
    try:
        return [psutil.Process(pid)]
    except psutil.NoSuchProcess:
        return []


def group_of(leader: int) -> list[psutil.Process]:
    """The living members of a process group, its leader dead or alive."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == leader and is_alive(process):
                found.append(process)
    return found


def end(pid: int, first: signal.Signals, patience: Callable[[], float]) -> bool:
    """Ask a process to end, wait, then kill what is left of it, its children and its group. True if asking was enough.

    The first signal goes to the leader alone, for gunicorn, Celery and PostgreSQL each tell their own children.
    `patience` says for how many seconds in all to wait, and is asked again and again: a hurry may come up.
    """
    members = family(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, first)
    started = alone_since = time.monotonic()
    while any(is_alive(member) for member in members) and time.monotonic() - started < patience():
        if is_alive(members[0]):
            alone_since = time.monotonic()
        elif time.monotonic() - alone_since > ORPHANS_LIMIT:
            break
        time.sleep(0.05)
    left = [*(member for member in members if is_alive(member)), *group_of(pid)]
    kill(left)
    return not left


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill these and wait until they are gone. psutil compares creation times, so a reused pid is left alone."""
    unique = list({process.pid: process for process in processes}.values())
    for process in unique:
        with contextlib.suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + KILL_LIMIT
    while any(is_alive(process) for process in unique) and time.monotonic() < deadline:
        time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """Running, and not merely waiting for its parent to take note of its end."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
