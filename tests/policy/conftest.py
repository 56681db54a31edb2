from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.letters.conftest import use
from tests.post_office import PostOffice


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """A real mail server, which the site's mail goes to."""
    with PostOffice().serving() as office:
        use(settings, office.port)
        yield office


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests work by hand."""
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    """What a process knows about a notice on the site ends with the test."""
    cache.clear()
    yield
    cache.clear()
