"""A database that does not answer is waited for as long as a visitor can be asked to, and no longer."""

import time

import pytest
from django.db import OperationalError, connections
from django.db.utils import load_backend

from customerlabs.database import base
from customerlabs.pages.errors import is_database_out_of_reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> base.DatabaseWrapper:
    """One as the web has it, less patient."""
    monkeypatch.setattr(base, "_patience", None)
    monkeypatch.setattr(base, "A_VISITOR_WAITS", 0.5)
    base.answer_visitors_in_time()
    assert load_backend("customerlabs.database").DatabaseWrapper is base.DatabaseWrapper
    return base.DatabaseWrapper({**connections.settings["default"], "NAME": "postgres"}, "impatient")


def test_a_statement_that_takes_too_long_ends_as_a_database_out_of_reach(connection: base.DatabaseWrapper) -> None:
    begun = time.monotonic()

    with pytest.raises(OperationalError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")

    assert time.monotonic() - begun < 30
    assert is_database_out_of_reach(raised.value)
    assert not connection.is_usable()
    connection.close()


def test_no_statement_is_compiled_before_it_runs(connection: base.DatabaseWrapper) -> None:
    """Where PostgreSQL can, it took 25 seconds over the counts of the admin's first page."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)

    connection.close()


def test_the_next_request_has_a_connection_that_works(
    connection: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    connection.close_if_unusable_or_obsolete()
    monkeypatch.setattr(base, "_patience", 30.0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        answer = cursor.fetchone()
    connection.close()

    assert answer == (1,)
