"""Asking what may never answer: a server that froze, a name that nobody resolves."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

from django.db import connection

from customerlabs.database.base import PROBE

Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """Asked in a thread of its own, with a database connection of its own that is closed afterwards.

    However many want to know at once, it is asked once, and they share the answer. While it is stuck it is not asked
    again: no crowd piles up behind a server that froze.
    """

    def __init__(self, ask: Callable[[], Answer]):
        self._ask = ask
        self._lock = Lock()
        self._asked: Future[Answer] | None = None

    def start(self) -> "Future[Answer]":
        """`result(seconds)` of what this returns raises TimeoutError, or whatever the question ended with."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                Thread(target=self._run, args=(self._asked,), name="question", daemon=True).start()
            return self._asked

    def _run(self, asked: "Future[Answer]") -> None:
        try:
            answer = self._ask()
        except Exception as error:  # noqa: BLE001  (told to whoever asked)
            asked.set_exception(error)
        else:
            asked.set_result(answer)
        finally:
            connection.close()


def reach_database() -> None:
    """Connect this thread, with little patience for each statement. Raises OperationalError."""
    connection.ensure_connection()
    connection.connection.patience = PROBE
