"""What every test may use."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import DjangoDbBlocker

from privacy.limits.counting import Limit
from privacy.policy import in_force, notice
from tests.post_office import wait_until
from tests.signing_in import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


examples.register_profile(
    "the same in each run, however slow the machine",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.load_profile("the same in each run, however slow the machine")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Translations and static files as the running site has them: made once, before any worker starts."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        call_command("compile_translations", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database is dropped once nobody uses it: whoever served a browser leaves a moment after it has."""
    yield
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def alone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(others)
            return bool(cursor.fetchone() == (0,))

    with django_db_blocker.unblock():
        wait_until(alone, 60, "nobody else uses the tests’ database")
        connection.close()


@pytest.fixture(autouse=True)
def _no_notice_on_the_pages() -> None:
    """Pages ask the database for a notice of a changed policy once a minute; which test pays for it may not matter."""
    cache.set(notice.KEY, notice.NONE, timeout=None)
    in_force.look_again()


@pytest.fixture(autouse=True)
def _windows_begin_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted against a limit isn't forgotten in the middle of a test, at the full hour.

    Where a test says which day it is, windows are the site's.
    """
    began, of_the_site = timezone.now(), Limit.window_at

    def window_at(limit: Limit, now: datetime) -> tuple[datetime, datetime]:
        if abs(now - began) > timedelta(days=7):
            return of_the_site(limit, now)
        start = began + (now - began) // limit.window * limit.window
        return start, start + limit.window

    monkeypatch.setattr(Limit, "window_at", window_at)


@pytest.fixture(autouse=True)
def _in_the_language_of_the_site() -> None:
    """A page read in English leaves English behind in its thread."""
    translation.deactivate()


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
    """For pages of a site that runs in this process, or in others."""
    from playwright.sync_api import expect, sync_playwright  # Here, since few tests need it and it takes a while.

    expect.set_options(timeout=30_000)  # Milliseconds: as long as a browser waits for all else.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread; the database is nonetheless ours alone to use.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
