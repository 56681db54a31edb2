"""kill -9 and SIGTERM while five hundred people write: nothing acknowledged is lost, and little is sent twice."""

import signal

import psutil
import pytest

from customerlabs.serving.processes import group_of
from tests.faults.accounts import LONG, settle, start_again
from tests.faults.crowd import Crowd
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

OF_ALL = (3, 7)
"""After these kills the whole worker is gone, and the supervisor starts another."""


def senders(site: Site) -> list[psutil.Process]:
    """The worker's own children: they are who sends."""
    worker = site.pid_of("worker")
    return [process for process in group_of(worker) if process.pid != worker]


@pytest.mark.promise("P7.3")
def test_ten_kills_of_the_worker_cost_no_letter(broken_site: Site, one_office: PostOffice, crowd: Crowd) -> None:
    killed = 0
    one_office.delay = 0.01
    try:
        with crowd.send():
            for number in range(10):
                target = 60 + number * 80  # Of a thousand letters.
                wait_until(lambda target=target: len(one_office.received) >= target, LONG, f"{target} letters")
                wait_until(lambda: senders(broken_site), LONG, "a worker that sends")
                all_of_them = senders(broken_site)
                victims = group_of(broken_site.pid_of("worker")) if number in OF_ALL else all_of_them[:1]
                killed += len(all_of_them) if number in OF_ALL else 1
                for victim in victims:
                    victim.kill()
    finally:
        one_office.delay = 0.0

    settle(broken_site, one_office, crowd, duplicates=killed)


@pytest.mark.promise("P7.3")
def test_a_deploy_under_load_loses_nothing(broken_site: Site, one_office: PostOffice, crowd: Crowd) -> None:
    with crowd.send() as sending:
        for number, name in enumerate(("web", "worker", "web", "worker")):
            wait_until(lambda number=number: sending.done >= 60 + 100 * number, LONG, "some are acknowledged")
            start_again(broken_site, name, signal.SIGTERM)

    settle(broken_site, one_office, crowd)
