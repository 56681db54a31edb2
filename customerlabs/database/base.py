"""Django's PostgreSQL, with an end to its patience: a server that froze closes nothing, and is waited for for ever.

Visitors are told after some seconds that the database is away, and when to come back. Workers have nobody who waits:
they go on once the server does. And no statement is compiled first (JIT): none here takes as long as its compilation.
"""

from types import SimpleNamespace
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

RV = TypeVar("RV")

PROBE = 2.0
"""Seconds a server that is well has, by far, to say that it is there."""
A_VISITOR_WAITS = 12.0
"""Seconds for one statement. None of the site's pages takes a tenth of that."""
BREATHER = 1.0
"""Seconds a server that is merely slow has to take note that nobody wants the answer any more."""

_patience: float | None = None


def answer_visitors_in_time() -> None:
    """From now on, no statement of this process is waited for longer than a visitor can be asked to."""
    global _patience
    _patience = A_VISITOR_WAITS


class Connection(psycopg.Connection[Any]):
    """Gives up, closes itself and raises psycopg.OperationalError when an answer takes longer than `patience` seconds.

    What was asked for may still be done: a commit that reached a frozen server counts once it thaws. A form sent again
    is found to be the same by its number.
    """

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is None:
                self._try_cancel(timeout=BREATHER)
                self.close()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    Database = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})  # type: ignore[assignment]

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.patience = _patience
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.connection is not None:
            self.connection.execute("SET jit = off")

    def is_usable(self) -> bool:
        """Whether an old connection still leads to a server that answers, at once."""
        if self.connection is None:
            return False
        usual, self.connection.patience = self.connection.patience, PROBE
        try:
            return bool(super().is_usable())
        finally:
            if self.connection is not None:
                self.connection.patience = usual
