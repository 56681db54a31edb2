"""The site calls nobody outside: mail, database, queue and virus scanner are its operator's own (P4.1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspections.licences import pinned

ROOT = Path(__file__).resolve().parents[2]
CALLERS = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket", "urllib.request",
    "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
"""Modules that open a connection."""
MAY = {
    "contact/mailings/sending.py": "the mail server of EMAIL_URL",
    "customerlabs/doctor/services.py": "the mail server of EMAIL_URL, to ask how it is",
    "customerlabs/error_mail.py": "the mail server of EMAIL_URL",
    "customerlabs/serving/port.py": "this machine: whether the site answers",
    "customerlabs/serving/valkey.py": "the embedded queue, on a socket of this machine",
    "customerlabs/serving/web_worker.py": "nobody: it answers",
    "privacy/letters/queue.py": "the mail server of EMAIL_URL",
    "privacy/letters/smtp.py": "the mail server of EMAIL_URL",
    "privacy/papers/antivirus.py": "the scanner of CLAMD_URL",
}
REPORTERS = {
    "bugsnag", "datadog", "ddtrace", "elastic-apm", "google-analytics", "honeybadger", "newrelic", "opentelemetry-api",
    "opentelemetry-sdk", "posthog", "rollbar", "scout-apm", "sentry-sdk",
}  # fmt: skip
"""Packages that tell a service of somebody else what happens here."""

pytestmark = pytest.mark.promise("P4.1")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls_out(path: Path) -> bool:
    return any(name in CALLERS or name.split(".")[0] in CALLERS for name in imported(path))


def test_whoever_opens_a_connection_is_known_and_to_whom() -> None:
    found = {
        str(path.relative_to(ROOT))
        for app in ("customerlabs", "privacy", "contact", "cookies")
        for path in (ROOT / app).rglob("*.py")
        if calls_out(path)
    }

    assert found == set(MAY)


@pytest.mark.parametrize(
    "line", ["import requests", "from urllib import request", "from http.client import HTTPSConnection"]
)
def test_a_new_caller_is_seen(tmp_path: Path, line: str) -> None:
    path = tmp_path / "caller.py"
    path.write_text(f"def ask() -> None:\n    {line}\n")

    assert calls_out(path)


def test_no_package_tells_an_outside_service_what_happens_here() -> None:
    assert pinned("requirements.txt") & REPORTERS == set()
