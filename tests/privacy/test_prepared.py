"""Statements that are planned once: what they mean is what Django's own mean."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, connection
from django.db.models import CharField
from django.test.utils import CaptureQueriesContext

from contact.models import Prospect
from privacy.prepared import asked, text_of
from privacy.statements import Given, Statement, insert_of, update_of
from tests.prospects.people import confirmed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_statement_asked_twice_is_planned_once() -> None:
    statement = "SELECT 'planned once', %s::integer"

    found = [asked(statement, [number]) for number in (1, 2)]

    assert found == [[("planned once", 1)], [("planned once", 2)]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned once%'")
        assert cursor.fetchone() == (1,)


def test_statements_of_django_s_own_are_not_kept_in_memory() -> None:
    asked("SELECT 1")

    assert connection.connection.prepare_threshold is None


def test_a_query_taken_up_in_another_statement_keeps_its_constants() -> None:
    confirmed(last_name="50 % d’O’Brien")
    rows = Prospect.objects.filter(last_name="50 % d’O’Brien").values("pk", "last_name")

    found = asked(f"SELECT last_name FROM ({text_of(rows)}) AS rows WHERE pk > %s", [0])  # noqa: S608  (our own query)

    assert found == [("50 % d’O’Brien",)]


def test_a_statement_written_once_is_planned_once_and_keeps_its_constants() -> None:
    prospect = confirmed(last_name="50 % d’O’Brien")
    rows = Prospect.objects.filter(last_name="50 % d’O’Brien")
    rename = Statement(lambda: update_of(rows.filter(first_name=Given("before", CharField())), first_name=Given("now")))

    for before, now in ((prospect.first_name, "100 %s"), ("100 %s", "Ada")):
        rename.carry_out(before=before, now=now)

    prospect.refresh_from_db()
    assert prospect.first_name == "Ada"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%Brien%%'", [])
        assert cursor.fetchone() == (1,)


def test_an_insert_written_once_writes_what_create_would() -> None:
    names = ("email", "asked_at", "pending_until", "last_name", "language")
    made = Prospect.objects.create(
        email="ada@example.com", asked_at=NOW, pending_until=NOW, last_name="50 %s", language="fr"
    )
    insert = Statement(lambda: insert_of(Prospect, *names))

    row = insert.carry_out(**{name: getattr(made, name) for name in names})

    assert row is not None
    written = Prospect.objects.filter(pk__in=[made.pk, *row]).values()
    assert written[0] | {"id": 0} == written[1] | {"id": 0}


def test_where_statements_are_written_down_it_is_with_their_values() -> None:
    statement = Statement(lambda: ("SELECT %s::text, %s::integer", ["constant", Given("number")]))

    with CaptureQueriesContext(connection) as captured:
        row = statement.carry_out(number=5)

    assert row == statement.carry_out(number=5) == ("constant", 5)
    assert [query["sql"] for query in captured] == ["SELECT 'constant'::text, 5::integer"]


@pytest.mark.parametrize("given", [{}, {"number": 5, "phone": "lost"}])
def test_a_value_without_a_place_and_a_place_without_a_value_are_refused(given: dict[str, object]) -> None:
    statement = Statement(lambda: ("SELECT %s::integer", [Given("number")]))

    with pytest.raises(TypeError):
        statement.carry_out(**given)


def test_its_errors_are_those_of_django() -> None:
    with pytest.raises(DataError):
        asked("SELECT 1 / %s::integer", [0])


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_while_nobody_asked_is_opened_again() -> None:
    [(lost,)] = asked("SELECT pg_backend_pid()")
    connection.close_if_unusable_or_obsolete()  # As at the end of each task.
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])

    [(found,)] = asked("SELECT pg_backend_pid()")

    assert found != lost
