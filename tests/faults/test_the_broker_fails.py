"""Whatever becomes of the broker, a message is taken within two seconds and its letters leave by themselves."""

import signal
import time

import pytest

from customerlabs.serving.processes import group_of
from tests.faults.accounts import LONG, query, settle, sweeps
from tests.faults.crowd import Crowd
from tests.faults.valkey import Valkey
from tests.faults.visitor import Visitor, slowness
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(600)]

AT_MOST = 2.0
"""Seconds a visitor waits, as the issue has it."""
AWAY = 60
"""Seconds without a broker."""
BACK = 90
"""Seconds until the letters must have left once the broker is back: worker and beat have to notice first."""


@pytest.fixture
def broker(one_broker: Valkey) -> Valkey:
    return one_broker


@pytest.fixture
def site(broken_site: Site) -> Site:
    return broken_site


@pytest.fixture
def office(one_office: PostOffice) -> PostOffice:
    return one_office


def both(office: PostOffice, address: str) -> bool:
    """Whether the visitor's letter and the team's are there."""
    return len(office.to(address)) == 1 and len(office.to("contact@customer-labs.com")) == 1


@pytest.mark.promise("P7.3")
def test_a_frozen_broker_costs_a_visitor_nothing_and_no_letter(site: Site, broker: Valkey, office: PostOffice) -> None:
    visitors = [Visitor(site.port, f"gele{number}@example.com").open_form() for number in range(4)]
    broker.freeze()

    replies = [visitor.send() for visitor in visitors]
    broker.thaw()

    assert [reply.status for reply in replies] == [302] * 4
    assert max(reply.seconds for reply in replies) < AT_MOST * slowness()
    for visitor in visitors:
        wait_until(lambda visitor=visitor: office.to(visitor.address), BACK, "the letters left after a thaw")
    to_the_team = "contact@customer-labs.com"  # The officer may be told of something else meanwhile.
    wait_until(lambda: len(office.to(to_the_team)) >= 4, BACK, "the team's too")
    assert len(office.to(to_the_team)) == 4
    assert [len(office.to(visitor.address)) for visitor in visitors] == [1] * 4


@pytest.mark.promise("P7.3")
def test_a_stopped_broker_costs_a_visitor_nothing_and_no_letter(site: Site, broker: Valkey, office: PostOffice) -> None:
    visitor = Visitor(site.port, "arrete@example.com").open_form()
    broker.stop()

    reply = visitor.send()
    broker.start()

    assert reply.status == 302
    assert reply.seconds < AT_MOST * slowness()
    wait_until(lambda: both(office, visitor.address), BACK, "the letters left after a restart")


@pytest.mark.promise("P7.3")
def test_an_emptied_broker_loses_nothing(site: Site, broker: Valkey, office: PostOffice) -> None:
    visitor = Visitor(site.port, "vide@example.com").open_form()
    workers = group_of(site.pid_of("worker"))
    for process in workers:
        process.send_signal(signal.SIGSTOP)

    reply = visitor.send()
    broker.ask("FLUSHALL")
    for process in workers:
        process.send_signal(signal.SIGCONT)

    assert reply.status == 302
    wait_until(lambda: both(office, visitor.address), BACK, "the letters left after the queue was emptied")


@pytest.mark.promise("P7.3")
def test_a_worker_killed_while_it_sends_leaves_the_letter_to_another(
    site: Site, broker: Valkey, office: PostOffice
) -> None:
    visitor = Visitor(site.port, "tue@example.com").open_form()
    office.stall()
    visitor.send()
    wait_until(lambda: len(office.offered) == 2, 20, "both letters are being sent")

    for process in group_of(site.pid_of("worker")):
        process.kill()
    wait_until(lambda: "worker has ended" in site.said(), 20, "the supervisor has seen it")
    office.go_on()
    query(site, "UPDATE privacy_letter SET due_at = now() WHERE state = 'queued'")  # Two minutes go by.

    wait_until(lambda: both(office, visitor.address), BACK, "the letters left by another worker")
    assert len(office.offered) == 4
    assert len(set(office.offered)) == 2
    assert query(site, "SELECT DISTINCT state, attempts FROM privacy_letter WHERE attempts > 1") == [("sent", 2)]


@pytest.mark.promise("P7.3")
def test_a_minute_without_broker_and_an_emptied_one_lose_nothing(
    site: Site, broker: Valkey, office: PostOffice, crowd: Crowd
) -> None:
    with crowd.send() as sending:
        wait_until(lambda: sending.done >= 50, LONG, "some are acknowledged")
        broker.stop()
        back_at = time.monotonic() + AWAY
        wait_until(lambda: sending.done >= 250, AWAY, "visitors don't notice")
        wait_until(lambda: time.monotonic() >= back_at, AWAY + 1, "a minute")
        broker.start()
        wait_until(lambda: sending.done >= 350 and sweeps(site) > 0, LONG, "more are acknowledged")
        broker.ask("FLUSHALL")

    assert set(crowd.statuses()) == {302}
    assert max(reply.seconds for reply in crowd.replies) < AT_MOST * slowness()
    settle(site, office, crowd)
