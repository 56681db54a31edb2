"""Two webs behind nginx, two workers and two beats on one database: they lose nothing, and agree on who is who."""

import http.client
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.deploy.front import Front
from tests.deploy.web import Web
from tests.faults.accounts import LONG, SWEPT, query, settle
from tests.faults.conftest import SETTINGS
from tests.faults.crowd import Crowd
from tests.faults.test_two_of_each import More, says
from tests.faults.valkey import Valkey
from tests.post_office import PostOffice, wait_until
from tests.serving.running import PROJECT, Site, surroundings

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(600)]
MOST = 4
"""Addresses one client may type in an hour to withdraw a consent, on these webs."""
WITHDRAW = "/en/withdraw-consent/"
SIGN_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
from tests.signing_in import sign_in
who = get_user_model().objects.create_superuser(email="staff@several.example", password="a password of some length")
print(sign_in(Client(), who).cookies["sessionid"].value)
"""


@pytest.fixture
def given(broken_site: Site, one_broker: Valkey, one_office: PostOffice) -> dict[str, str]:
    return surroundings(
        broken_site.var,
        broken_site.port,
        REDIS_URL=one_broker.url,
        EMAIL_URL=one_office.url,
        TRUSTED_PROXIES="1",
        WITHDRAWAL_LIMIT_CLIENT=str(MOST),
        **SETTINGS,
    )


@pytest.fixture
def webs(broken_site: Site, given: dict[str, str], tmp_path: Path) -> Iterator[list[Web]]:
    with ExitStack() as all_of_them:
        webs = []
        for _ in range(2):
            web = Web(tmp_path, broken_site.places, given)
            all_of_them.callback(web.clear_away)
            web.start()
            webs.append(web)
        yield webs


@pytest.fixture
def front(broken_site: Site, webs: list[Web], tmp_path: Path) -> Iterator[Front]:
    ports = [web.port for web in webs]
    front = Front(tmp_path / "nginx", static=broken_site.places.static, web=ports, tls=False)
    try:
        front.start()
        yield front
    finally:
        front.stop()


@pytest.fixture
def more(broken_site: Site, one_broker: Valkey, one_office: PostOffice, tmp_path: Path) -> Iterator[More]:
    more = More(broken_site, one_broker, one_office, tmp_path)
    with more.running:
        yield more
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.promise("P7.3")
def test_an_upgrade_of_all_of_them_under_load_turns_nobody_away(
    broken_site: Site, one_office: PostOffice, webs: list[Web], front: Front, more: More
) -> None:
    other = more.worker()
    more.beat()
    wait_until(lambda: says(other, SWEPT, "succeeded"), LONG, "the second worker works")
    crowd = Crowd(front.port, "several.example").open_forms()

    with crowd.send() as sending:
        for number, web in enumerate((*webs, *webs)):
            wait_until(lambda number=number: sending.done >= 40 + 100 * number, LONG, "some are acknowledged")
            web.restart()

    settle(broken_site, one_office, crowd)
    assert crowd.statuses() == Counter({302: len(crowd.visitors)})
    assert crowd.cut_off == 0


def asked(web: Web, path: str, *, source: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    """From a web directly, as nginx asks it for a visitor at that address."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    told = {"X-Forwarded-For": source, "Origin": f"http://127.0.0.1:{web.port}", **headers}
    connection.request("POST" if body else "GET", path, body, told)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_limits_and_sessions_hold_across_them(broken_site: Site, webs: list[Web], given: dict[str, str]) -> None:
    def withdraw(web: Web, number: int, source: str = "203.0.113.5") -> int:
        cookie = (asked(web, WITHDRAW, source=source).getheader("Set-Cookie") or "").split(";")[0]
        token = cookie.partition("=")[2]
        body = urlencode({"csrfmiddlewaretoken": token, "email": f"p{number}@several.example"}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        return asked(web, WITHDRAW, source=source, body=body, **kind).status

    one, other = webs
    statuses = [withdraw((one, other)[number % 2], number) for number in range(MOST + 2)]

    assert statuses == [302] * MOST + [429, 429]
    assert withdraw(other, 99, source="203.0.113.6") == 302

    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SIGN_IN]
    key = subprocess.run(command, cwd=PROJECT, env=given, capture_output=True, text=True, check=True).stdout.strip()

    def where(web: Web) -> tuple[int, str]:
        answer = asked(web, "/admin/", source="203.0.113.7", Cookie=f"sessionid={key}")
        return answer.status, answer.getheader("Location") or ""

    assert where(one) == where(other) == (200, "")
    query(broken_site, "DELETE FROM django_session WHERE session_key = %s", key)
    assert where(one)[0] == where(other)[0] == 302
