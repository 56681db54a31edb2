"""PostgreSQL restarted in immediate mode, and frozen, while five hundred people write."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from customerlabs.serving.processes import family
from tests.faults.accounts import LONG, settle, start_again
from tests.faults.crowd import Crowd
from tests.faults.visitor import slowness
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

FROZEN = 20
"""Seconds."""
HEARD = 20
"""Seconds at most until a visitor is told that the database is away."""


@contextmanager
def frozen(processes: list[psutil.Process]) -> Iterator[None]:
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.mark.promise("P7.3")
def test_an_immediate_restart_under_load_loses_nothing(broken_site: Site, one_office: PostOffice, crowd: Crowd) -> None:
    with crowd.send() as sending:
        for number in range(2):
            wait_until(lambda number=number: sending.done >= 80 + 200 * number, LONG, "some are acknowledged")
            start_again(broken_site, "postgres", signal.SIGQUIT)  # Immediate: no goodbye, no checkpoint.

    assert set(crowd.statuses()) <= {302, 503}
    settle(broken_site, one_office, crowd)


@pytest.mark.promise("P7.3")
def test_a_frozen_database_is_admitted_and_found_again(broken_site: Site, one_office: PostOffice, crowd: Crowd) -> None:
    with crowd.send() as sending:
        wait_until(lambda: sending.done >= 80, LONG, "some are acknowledged")
        with frozen(family(broken_site.pid_of("postgres"))):
            thawed_at = time.monotonic() + FROZEN
            wait_until(lambda: crowd.statuses()[503] >= 8, FROZEN * slowness(), "visitors are told")
            wait_until(lambda: time.monotonic() >= thawed_at, FROZEN + 1, "twenty seconds")

    assert set(crowd.statuses()) == {302, 503}
    assert max(reply.seconds for reply in crowd.replies) < HEARD * slowness()
    settle(broken_site, one_office, crowd)
