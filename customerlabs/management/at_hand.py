"""The database for a command that an operator types, whether the site runs or not."""

import contextlib
import os
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from customerlabs.serving.database import run_postgres
from customerlabs.serving.lock import take_lock
from customerlabs.serving.refusal import Refusal
from customerlabs.serving.supervisor import Supervisor


@contextlib.contextmanager
def database_at_hand() -> Iterator[None]:
    """The embedded PostgreSQL is started for the command if nobody runs it. Raises CommandError, in plain words."""
    if not settings.EMBEDDED_DATABASE or _answers():
        yield
        return
    with _started():
        yield


@contextlib.contextmanager
def database_alone() -> Iterator[None]:
    """The same for what needs the site stopped: the embedded one is refused while it runs."""
    if not settings.EMBEDDED_DATABASE:
        yield
        return
    _refuse_running_site()
    with _started():
        yield


@contextlib.contextmanager
def _started() -> Iterator[None]:
    supervisor = Supervisor(settings.PLACES, _nothing)
    try:
        with supervisor.in_charge():
            run_postgres(supervisor)
            try:
                with supervisor.interruptible():
                    yield
            finally:
                connection.close()
    except Refusal as refusal:
        raise CommandError(str(refusal)) from None


def _nothing(text: str) -> None:
    """The servers' coming and going is of no interest here."""


def _answers() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def _refuse_running_site() -> None:
    """Raises CommandError with the command that stops it."""
    lock = settings.PLACES.run / "lock"
    if not lock.exists():
        return
    try:
        os.close(take_lock(lock))
    except Refusal:
        holder = lock.read_text(encoding="ascii").strip()
        raise CommandError(
            f"The site runs, and a restore needs it stopped. Type `kill {holder}`, wait until it has said “Stopped.”, "
            "then type the same command again. Nothing was changed."
        ) from None
