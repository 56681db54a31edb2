"""Poking the worker: quick when the broker is well, harmless when it is not."""

import atexit
import logging
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from celery import Task, current_app
from django.db import connection, transaction
from kombu.exceptions import LimitExceeded, OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

PATIENCE = 0.4
"""Seconds a visitor may wait for a broker that does not answer."""
PAUSE = 15.0
"""Seconds during which a broker that failed is left alone. Beat's sweep finds what was not said."""
TOGETHER = 0.1
"""Seconds between two pokes of a process that answers visitors: under load one does for many messages."""

_left_alone_until = 0.0
_beside_the_page = False
_asked: "SimpleQueue[Task[[], Any]]" = SimpleQueue()
_starting = threading.Lock()
_thread: threading.Thread | None = None


@dataclass(frozen=True)
class _Poke:
    task: "Task[[], Any]"

    def __call__(self) -> None:
        if _beside_the_page:
            _ask(self.task)
        else:
            poke(self.task)


def poke_beside_the_page() -> None:
    """From now on, no visitor of this process waits for the broker: a thread of its own speaks to it."""
    global _beside_the_page
    _beside_the_page = True
    atexit.register(_poke_asked)


def _ask(task: "Task[[], Any]") -> None:
    global _thread
    _asked.put(task)
    with _starting:
        if _thread is None or not _thread.is_alive():  # A forked process has none yet.
            _thread = threading.Thread(target=_go_on_poking, name="poking", daemon=True)
            _thread.start()


def _go_on_poking() -> None:
    while True:
        _poke_asked(_asked.get())
        time.sleep(TOGETHER)


def _poke_asked(*first: "Task[[], Any]") -> None:
    """Poke once for each task that was asked for so far. What is asked for from here on is poked again."""
    tasks = dict.fromkeys(first)
    while not _asked.empty():
        tasks[_asked.get()] = None
    for task in tasks:
        poke(task)


def poke_once_committed(task: "Task[[], Any]") -> None:
    """Poke when the transaction is committed, once however often it is asked for there: one task finds all there is."""
    wanted = _Poke(task)
    if not any(wanted in waiting for waiting in connection.run_on_commit):
        transaction.on_commit(wanted, robust=True)


def poke(task: "Task[[], Any]") -> bool:
    """Ask a worker to run a task without arguments, now. Never raises for a broker that is dead or frozen.

    Returns whether the broker took it. What the task will find is in the database already, and beat asks again. The
    line is kept for the next one, in each process its own; one that the broker has closed meanwhile is opened again.
    """
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return False
    options = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    try:
        line = current_app.connection_for_write(
            transport_options={**current_app.conf.broker_transport_options, **options}
        )
        with producers[line].acquire(block=True, timeout=PATIENCE) as producer:
            task.apply_async(producer=producer, retry=False)
    except (LimitExceeded, OperationalError, OSError) as error:
        _left_alone_until = time.monotonic() + PAUSE
        logger.warning("The broker did not answer (%s); the sweep will do.", type(error).__name__)
        return False
    return True
