from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.accounts import LONG, query, queued
from tests.faults.crowd import Crowd
from tests.faults.valkey import Valkey
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

SETTINGS = {
    "LETTERS_SWEEP_SECONDS": "2",
    "LETTERS_TO_STRANGERS": "1000000",
    "CONTACT_LIMIT_CLIENT": "1000000,1000000",
    "CONTACT_LIMIT_SITE": "1000000,1000000",
}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A running Valkey that no other test uses."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture(scope="session")
def one_office() -> Iterator[PostOffice]:
    with PostOffice().serving() as office:
        yield office


@pytest.fixture(scope="session")
def one_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture(scope="session")
def one_site(tmp_path_factory: pytest.TempPathFactory, one_office: PostOffice, one_broker: Valkey) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("faults")
    folder.chmod(0o711)
    site = Site(folder / "var")
    try:
        site.start(REDIS_URL=one_broker.url, EMAIL_URL=one_office.url, **SETTINGS)
        yield site
    finally:
        site.clear_away()


@pytest.fixture
def broken_site(one_site: Site, one_office: PostOffice, one_broker: Valkey) -> Site:
    """The site that these tests break in turn; well, with nothing left to send, and nothing of the test before."""
    one_office.go_on()
    one_office.answers.clear()
    if one_broker.process is None:
        one_broker.start()
    one_broker.thaw()
    wait_until(lambda: one_site.page() == 200, LONG, "the site answers")
    query(one_site, "UPDATE privacy_letter SET state = 'sent', finished_at = now() WHERE state <> 'sent'")
    wait_until(lambda: queued(one_site) == 0, LONG, "nothing waits")
    one_office.received.clear()
    one_office.offered.clear()
    return one_site


@pytest.fixture
def crowd(broken_site: Site, request: pytest.FixtureRequest) -> Crowd:
    """Five hundred people with the form before them."""
    name = str(request.node.originalname).removeprefix("test_").replace("_", "-")[:60].strip("-")
    return Crowd(broken_site.port, f"{name}.example").open_forms()
