"""Runs that overlap, are killed, or meet rows that somebody holds: on committed rows and several connections."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from contact.models import ContactRequest
from customerlabs.models import StaffMember
from privacy import erasure
from privacy.declarations import PersonalData
from privacy.models import RetentionRun
from privacy.registry import registry
from privacy.retention import engine
from privacy.retention.engine import enforce_retention
from tests.privacy.planting import Canary

pytestmark = pytest.mark.django_db(transaction=True)

COMMAND = RetentionRun.Trigger.COMMAND


def closed_long_ago(number: int) -> list[ContactRequest]:
    table = registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    requests = [Canary.new().plant(table) for _ in range(number)]
    ContactRequest.objects.update(
        status=ContactRequest.Status.CLOSED, closed_at=timezone.now() - timedelta(days=900), is_anonymised=False
    )
    return requests


def state() -> Counter[str]:
    """How many requests are whole, and how many emptied; one that is neither is half-emptied."""

    def of(request: ContactRequest) -> str:
        emptied = [not request.email, not request.subject_key, not request.message, request.consent_id is None]
        if request.is_anonymised and all(emptied):
            return "emptied"
        return "half-emptied" if request.is_anonymised or any(emptied) else "whole"

    return Counter(of(request) for request in ContactRequest.objects.all())


@contextmanager
def held(*requests: ContactRequest) -> Iterator[None]:
    """Another connection has these rows locked."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            keys = [request.pk for request in requests]
            cursor.execute("SELECT 1 FROM contact_contactrequest WHERE id = ANY(%s) FOR UPDATE", [keys])
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.promise("P8.4")
def test_two_runs_at_once_take_no_row_twice_and_leave_none(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_long_ago(40)
    taken: list[int] = []
    together = threading.Barrier(2)

    def empty(table: PersonalData, keys: Any, *arguments: Any, **more: Any) -> Any:
        if table.model is ContactRequest:
            taken.extend(keys)
        return erasure.empty(table, keys, *arguments, **more)

    monkeypatch.setattr(engine, "BATCH", 3)
    monkeypatch.setattr(engine, "empty", empty)

    def run(number: int) -> str:
        try:
            together.wait(20)
            return enforce_retention(COMMAND).outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(run, range(2)))

    assert outcomes == ["done", "done"]
    assert state() == {"emptied": 40}
    assert len(taken) == len(set(taken)) == 40


def test_rows_that_somebody_holds_are_left_for_the_next_run() -> None:
    requests = closed_long_ago(4)

    with held(requests[0], requests[2]):
        enforce_retention(COMMAND)
        meanwhile = state()
    enforce_retention(COMMAND)

    assert meanwhile == {"whole": 2, "emptied": 2}
    assert state() == {"emptied": 4}


@pytest.mark.services
@pytest.mark.promise("P8.4", "P7.3")
@pytest.mark.parametrize("batch", [1, 3])
def test_a_killed_run_leaves_rows_whole_or_emptied_and_the_next_finishes(batch: int) -> None:
    closed_long_ago(17)
    command = [sys.executable, "-m", "tests.privacy.interrupted_run", connection.settings_dict["NAME"], str(batch)]

    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, env=os.environ) as run:
        assert run.stdout is not None
        said = run.stdout.readline()
        run.send_signal(signal.SIGKILL)
    left = (batch - 1) * 5

    assert said == "stopped\n"
    assert run.returncode == -signal.SIGKILL
    assert state() == +Counter({"emptied": left, "whole": 17 - left})
    assert RetentionRun.objects.get().outcome == RetentionRun.Outcome.RUNNING
    wait_until_the_server_noticed()
    assert enforce_retention(COMMAND).outcome == RetentionRun.Outcome.DONE
    assert state() == {"emptied": 17}


def wait_until_the_server_noticed() -> None:
    """A killed client's transaction ends, and its locks go, when the server reads from the closed socket."""
    with transaction.atomic():
        list(ContactRequest.objects.select_for_update().values_list("pk"))


def test_a_connection_the_server_dropped_fails_one_rule_only(monkeypatch: pytest.MonkeyPatch) -> None:
    closed_long_ago(1)
    dropped = False

    def empty(table: PersonalData, *arguments: Any, **more: Any) -> Any:
        nonlocal dropped
        if table.model is StaffMember and not dropped:
            dropped = True
            other = connection.copy()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (backend,) = cursor.fetchone() or (0,)
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
            other.close()
        return erasure.empty(table, *arguments, **more)

    monkeypatch.setattr(engine, "empty", empty)

    run = enforce_retention(COMMAND)

    assert dropped
    assert run.outcome == RetentionRun.Outcome.FAILED
    assert [count.rule for count in run.counts.exclude(error="")] == ["customerlabs.staffmember"]
    assert state() == {"emptied": 1}
