"""The parts that a site stands on, each looked at with a few short statements."""

from functools import cache

from celery import current_app
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import KombuError

PATIENCE = 1
"""Seconds a broker that is well has, by far, to say so."""


class BrokerAway(Exception):
    """The broker can't be reached; its cause says why."""


def ask_broker() -> None:
    """Raises BrokerAway."""
    options = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    with current_app.connection_for_write(
        transport_options={**current_app.conf.broker_transport_options, **options}
    ) as broker:
        failures: tuple[type[BaseException], ...] = (KombuError, OSError, *broker.connection_errors)
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
        except failures as error:
            raise BrokerAway from error


def missing_migrations() -> list[str]:
    """Those of this program that its database doesn't have yet: “privacy 0024_audit_search”."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app} {name}" for app, name in _of_the_program() if (app, name) not in applied)


@cache
def _of_the_program() -> frozenset[tuple[str, str]]:
    """Read from the disk once a process: the program doesn't change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
