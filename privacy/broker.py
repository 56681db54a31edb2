"""Poking the worker: quick when the broker is well, harmless when it is not."""

import logging
import time
from dataclasses import dataclass
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

_left_alone_until = 0.0


@dataclass(frozen=True)
class _Poke:
    task: "Task[[], Any]"

    def __call__(self) -> None:
        poke(self.task)


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
