"""Entries for the tests of the chain, and a way to break it as only the database's owner can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all
from privacy.models import RetentionRun


def write(*keys: int, action: Any = AuditEntry.Action.READ, **more: Any) -> None:
    """An entry for each, sealed as it is at a commit."""
    record_all(action, RetentionRun, keys, by=None, **more)
    seal()


def seal() -> None:
    """What a commit does: a test inside a transaction never comes to one."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor that no trigger refuses anything."""
    seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditentry DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("ALTER TABLE privacy_auditentry ENABLE TRIGGER USER")
