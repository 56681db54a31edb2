"""Gives a test run a real PostgreSQL and a real Valkey, once, before anything reads the settings.

A pytest plugin, loaded with `-p tests.servers`. The workers of pytest-xdist inherit the environment made here.
DATABASE_URL or REDIS_URL set by hand is respected: no server of that kind is started then.
"""

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from types import FrameType

import pytest
from pyrage.x25519 import Identity

from customerlabs.serving.folders import prepare_var
from customerlabs.serving.places import Places
from customerlabs.serving.postgres import EmbeddedPostgres, program
from customerlabs.serving.processes import end
from customerlabs.serving.refusal import Refusal
from customerlabs.serving.server_user import choose_server_user
from customerlabs.serving.valkey import EmbeddedValkey

STARTED: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start the servers before pytest-django, in this same hook, reads the settings."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        atexit.register(stop, os.getpid())
        signal.signal(signal.SIGTERM, interrupt)
        signal.signal(signal.SIGHUP, interrupt)
        early_config.add_cleanup(lambda: stop(os.getpid()))
        try:
            start()
        except Refusal as refusal:
            raise pytest.UsageError(str(refusal)) from None
    return (yield)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Being asked to end is like Ctrl-C: pytest reports, cleans up, and stops."""
    raise KeyboardInterrupt


def start() -> None:
    var = Path(tempfile.mkdtemp(prefix="customerlabs-tests-"))
    os.environ["VAR_DIR"] = str(var)
    os.environ.setdefault("COOKIES_STRICT", "true")  # A cookie that may not leave fails the test that made it.
    # As root the servers run as somebody else, who must get past this folder to its own inside.
    var.chmod(0o711)
    places = Places(var)
    prepare_var(places)
    user = choose_server_user(places, program("postgres"))
    valkey = EmbeddedValkey(places, user)
    postgres = EmbeddedPostgres(places, user, durable=False)
    if not os.environ.get("REDIS_URL"):
        valkey.prepare()
        with (places.logs / "valkey.log").open("ab") as log:
            STARTED.append((valkey_process := valkey.start(log), valkey.stop_signal))
        valkey.wait_until_ready(valkey_process)
    if not os.environ.get("DATABASE_URL"):
        postgres.prepare()
        with (places.logs / "postgres.log").open("ab") as log:
            STARTED.append((postgres_process := postgres.start(log), postgres.stop_signal))
        postgres.wait_until_ready(postgres_process)
        postgres.make_database()
    else:
        for name in ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS"):
            os.environ.setdefault(name, secrets.token_urlsafe(48))
        os.environ.setdefault("BACKUP_RECIPIENT", str(Identity.generate().to_public()))


def stop(owner: int) -> None:
    """Stop both servers and remove their folder; for the process that started them only, not a fork of it."""
    if os.getpid() != owner:
        return
    while STARTED:
        process, first = STARTED.pop()
        with contextlib.suppress(KeyboardInterrupt):
            end(process.pid, first, lambda: 10)
        process.wait(10)
    var = os.environ.get("VAR_DIR", "")
    if Path(var).name.startswith("customerlabs-tests-"):
        shutil.rmtree(var, ignore_errors=True)


PLAIN_STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "continuity": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
"""For a live server in the process of the tests: static files as they stand, and a ledger of this test alone."""
