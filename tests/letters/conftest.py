from collections.abc import Iterator
from typing import Any

import pytest

from tests.post_office import PostOffice

BACKEND = "privacy.letters.smtp.EmailBackend"


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """A real mail server, which the site's mail goes to."""
    with PostOffice().serving() as office:
        use(settings, office.port)
        yield office


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests deliver by hand."""
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def use(settings: Any, port: int, **more: Any) -> None:
    """Send the site's mail to this port of this machine."""
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    for name, value in more.items():
        setattr(settings, name, value)
