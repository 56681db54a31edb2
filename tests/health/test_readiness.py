"""What a load balancer is told: at once, whatever is frozen, and nothing that is not for everybody."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from customerlabs.health import parts, readiness
from customerlabs.health.asking import Question
from customerlabs.health.models import Heartbeat
from customerlabs.health.tasks import note_heartbeat
from privacy.continuity.models import Backup
from privacy.retention.models import RetentionRun
from tests.faults.valkey import Valkey

pytestmark = pytest.mark.django_db(transaction=True)
ALL_WELL = {
    "ready": True,
    "needed": {"database": "ok", "migrations": "ok"},
    "watched": {"broker": "ok", "purge": "ok", "backup": "ok"},
}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is well says so in the end, on a slow machine too."""
    monkeypatch.setattr(readiness, "LIMIT", 60.0)
    monkeypatch.setattr(parts, "PATIENCE", 60)


@pytest.fixture
def _mute_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For new connections: something that takes them and never says a word, as a frozen server does."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
        monkeypatch.setitem(connections.settings["default"], "PORT", mute.getsockname()[1])
        yield


@pytest.fixture
def _closed_database(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", port)


def ask(client: Client) -> tuple[int, dict[str, object]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_site_that_is_well_is_ready(client: Client) -> None:
    status, told = ask(client)

    assert (status, told) == (200, ALL_WELL)


@pytest.mark.usefixtures("_closed_database")
def test_without_its_database_it_is_not_ready_and_still_alive(client: Client) -> None:
    status, told = ask(client)

    assert (status, told["ready"]) == (503, False)
    assert told["needed"] == {"database": "not ok", "migrations": "not ok"}
    assert client.get("/livez").json() == {"alive": True}


@pytest.mark.usefixtures("_mute_database")
def test_a_database_that_froze_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LIMIT", 0.5)

    status, told = ask(client)

    assert (status, told["ready"]) == (503, False)


def test_whatever_is_stuck_there_is_an_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def never() -> dict[str, bool]:
        go_on.wait(60)
        return {"database": True, "migrations": True}

    monkeypatch.setattr(readiness, "LIMIT", 0.5)
    monkeypatch.setattr(readiness, "OF_THE_DATABASE", Question(never))
    begun = time.monotonic()

    status, _ = ask(client)

    assert (status, time.monotonic() - begun < 50) == (503, True)
    go_on.set()


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_without_its_broker_it_says_so_and_stays_ready(
    client: Client, valkey: Valkey, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", valkey.url)
    monkeypatch.setattr(parts, "PATIENCE", 1)
    getattr(valkey, how)()

    status, told = ask(client)

    assert (status, told) == (200, {**ALL_WELL, "watched": {"broker": "not ok", "purge": "ok", "backup": "ok"}})


def test_tables_that_are_older_than_the_program_are_not_ready(client: Client) -> None:
    last = MigrationRecorder(connection).migration_qs.filter(app="customerlabs", name="0005_heartbeat")
    last.update(name="0005_unheard_of")
    try:
        status, told = ask(client)
    finally:
        MigrationRecorder(connection).migration_qs.filter(name="0005_unheard_of").update(name="0005_heartbeat")

    assert status == 503
    assert told["needed"] == {"database": "ok", "migrations": "not ok"}


def test_tables_that_are_newer_than_the_program_are_ready(client: Client) -> None:
    """Those of the version that is being rolled out, while this process still runs the one before."""
    MigrationRecorder(connection).record_applied("customerlabs", "0999_of_tomorrow")
    try:
        status, _ = ask(client)
    finally:
        MigrationRecorder(connection).record_unapplied("customerlabs", "0999_of_tomorrow")

    assert status == 200


def test_a_purge_and_a_backup_that_are_late_are_told_and_take_nobody_out(client: Client) -> None:
    long_ago = timezone.now() - timedelta(days=9)
    RetentionRun.objects.create(
        trigger="beat", started_at=long_ago, seen_at=long_ago, finished_at=long_ago, outcome="done"
    )
    Backup.objects.create(name="backups/old.age", state=Backup.State.STORED, made_at=long_ago)

    status, told = ask(client)

    assert (status, told["ready"]) == (200, True)
    assert told["watched"] == {"broker": "ok", "purge": "not ok", "backup": "not ok"}


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_nobody_keeps_the_answer_and_it_goes_to_http_as_well(client: Client, settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(path)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.post(path, secure=True).status_code == 405


def test_being_alive_costs_no_statement(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/livez")


def test_a_crowd_that_asks_shares_one_answer_even_while_it_is_stuck() -> None:
    asked, go_on = [], threading.Event()

    def count() -> int:
        asked.append(1)
        go_on.wait(30)
        return len(asked)

    question = Question(count)
    with ThreadPoolExecutor(20) as crowd:
        first = list(crowd.map(lambda _: question.start(), range(50)))
    with pytest.raises(TimeoutError):
        first[0].result(0.01)
    go_on.set()

    assert {each.result(30) for each in first} == {1}
    assert question.start().result(30) == 2


def test_a_question_leaves_no_connection_behind(client: Client) -> None:
    def sessions() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    before = sessions()
    for _ in range(5):
        client.get("/readyz")
    ends_at = time.monotonic() + 20
    while sessions() > before and time.monotonic() < ends_at:
        time.sleep(0.05)

    assert sessions() <= before


def test_the_sign_of_life_is_one_row_on_the_clock_of_the_database() -> None:
    note_heartbeat()
    note_heartbeat()

    assert Heartbeat.objects.count() == 1
    assert abs((timezone.now() - Heartbeat.objects.get().at).total_seconds()) < 60
