"""Whatever becomes of the broker, a message is taken within two seconds and its letters leave by themselves."""

import signal
import threading
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from customerlabs.serving.processes import group_of
from tests.faults.valkey import Valkey
from tests.faults.visitor import Reply, Visitor, slowness
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(240)]

AT_MOST = 2.0
"""Seconds a visitor waits, as the issue has it."""
QUEUED = "SELECT count(*) FROM privacy_letter WHERE state = 'queued'"
BACK = 45
"""Seconds until the letters must have left once the broker is back: worker and beat have to notice first."""


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with PostOffice().serving() as office:
        yield office


@pytest.fixture(scope="module")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory, office: PostOffice, shared_valkey: Valkey) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("faults")
    folder.chmod(0o711)
    site = Site(folder / "var")
    try:
        site.start(
            REDIS_URL=shared_valkey.url,
            EMAIL_URL=office.url,
            LETTERS_SWEEP_SECONDS="1",
            CONTACT_LIMIT_CLIENT="1000,1000",
            CONTACT_LIMIT_SITE="1000,1000",
        )
        yield site
    finally:
        site.clear_away()


@pytest.fixture
def broker(shared_valkey: Valkey) -> Iterator[Valkey]:
    """A broker that is well, before and after."""
    yield shared_valkey
    if shared_valkey.process is None:
        shared_valkey.start()
    shared_valkey.thaw()


@pytest.fixture
def site(shared_site: Site, office: PostOffice, broker: Valkey) -> Site:
    office.go_on()
    wait_until(lambda: query(shared_site, QUEUED) == [(0,)], BACK, "the letters of the test before are gone")
    office.received.clear()
    office.offered.clear()
    return shared_site


def both(office: PostOffice, address: str) -> bool:
    """Whether the visitor's letter and the team's are there."""
    return len(office.to(address)) == 1 and len(office.to("contact@customer-labs.com")) == 1


def query(site: Site, statement: str) -> list[tuple[object, ...]]:
    password = (site.places.secrets / "postgres_password").read_text(encoding="ascii").strip()
    with psycopg.connect(
        host=str(site.places.sockets), dbname="customerlabs", user="customerlabs", password=password
    ) as connection:
        cursor = connection.execute(sql.SQL(statement))
        return cursor.fetchall() if cursor.description else []


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


def test_one_form_sent_twenty_times_at_once_is_one_message(site: Site, office: PostOffice) -> None:
    visitor = Visitor(site.port, "vingt@example.com").open_form()
    before = query(site, "SELECT count(*) FROM contact_contactrequest")
    together = threading.Barrier(20)
    replies: list[Reply] = []

    def send() -> None:
        together.wait(10)
        replies.append(visitor.send())

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert {(reply.status, reply.location) for reply in replies} == {(302, "/fr/contact/merci/")}
    assert len(replies) == 20
    after = query(site, "SELECT count(*) FROM contact_contactrequest")
    assert [(int(str(number)) + 1,) for (number,) in before] == after
    wait_until(lambda: both(office, visitor.address), BACK, "both letters")
    assert query(site, QUEUED) == [(0,)]
    assert both(office, visitor.address)
