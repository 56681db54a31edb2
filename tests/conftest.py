"""What every test may use."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import call_command
from django.db import connection
from django.test import Client

from privacy.policy import in_force, notice
from tests.signing_in import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Translations and static files as the running site has them: made once, before any worker starts."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        call_command("compile_translations", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _no_notice_on_the_pages() -> None:
    """Pages ask the database for a notice of a changed policy once a minute; which test pays for it may not matter."""
    cache.set(notice.KEY, notice.NONE, timeout=None)
    in_force.look_again()


@pytest.fixture(autouse=True)
def _patient_with_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that breaks the broker leaves no pause behind for the next."""
    monkeypatch.setattr("privacy.broker._left_alone_until", 0.0)


@pytest.fixture(autouse=True)
def _patient_with_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs as the web does for one test goes on waiting in the next, and speaks to the broker in line."""
    monkeypatch.setattr("customerlabs.database.base._patience", None)
    monkeypatch.setattr("privacy.broker._beside_the_page", False)
    if connection.connection is not None:
        connection.connection.patience = None


@pytest.fixture(autouse=True)
def _a_ledger_of_its_own() -> Iterator[None]:
    """Each test begins with a database that knows of no line, so with an empty ledger; one in memory is quick."""
    with pytest.MonkeyPatch.context() as patch:  # Of its own: a test that undoes its own patches keeps this one.
        patch.setitem(storages._storages, "continuity", InMemoryStorage())  # type: ignore[attr-defined]
        yield


@pytest.fixture
def admin_client(admin_user: Any) -> Client:
    """pytest-django's, past the second factor that a superuser needs."""
    return sign_in(Client(), admin_user)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """For pages of a site that runs in this process."""
    from playwright.sync_api import sync_playwright  # Here, since few tests need it and it takes a while.

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; the database is nonetheless ours alone to use.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
