"""The site that a browser visits: in this process, with whitenoise and compression as in earnest."""

from collections.abc import Generator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.test.testcases import LiveServerThread
from pytest_django import DjangoDbBlocker, Settings


@pytest.fixture
def visitor() -> Client:
    """Who gets error pages instead of exceptions, and whose forms are checked for their origin."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def _failing_addresses(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.site.failing_addresses"


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[str, None, None]:
    """The address of a running site. Its pages only read; a test that makes it write empties the database itself."""
    yield from running(django_db_blocker)


def running(django_db_blocker: DjangoDbBlocker) -> Generator[str, None, None]:
    """The site with the settings of this moment, and its address."""
    server = LiveServerThread("127.0.0.1", static_handler=as_it_is)  # type: ignore[arg-type]
    server.daemon = True
    with django_db_blocker.unblock():
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()


def as_it_is(handler: WSGIHandler) -> WSGIHandler:
    """Django's own way to serve static files in tests would hide what whitenoise does."""
    return handler
