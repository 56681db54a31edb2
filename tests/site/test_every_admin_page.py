"""Every page of the admin, with something in each table: it loads all it needs, and axe finds nothing at two widths."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from customerlabs.staff.roles import Role, admin_pages
from tests.desk.desk import member, signed_in
from tests.security.every_page import plant_a_record_of_each
from tests.site.conftest import running
from tests.site.test_accessibility import LOOKS, VIOLATIONS

pytestmark = pytest.mark.browser

OPENED = {name for name, page in admin_pages() if "GET" in page.methods and page.who is not Role.NOBODY}
"""The others only take what is sent, or are forbidden to all: tests/security/ holds them to it."""
NO_PAGE = {
    "admin:jsi18n": "a script",
    "admin:password_change": "leads to one's own account",
    "admin:privacy_consent_file": "a file",
    "admin:privacy_paper_change": "leads to the page where identity is decided",
    "admin:privacy_paper_show": "a picture",
    "record-csv": "a file",
    "record-json": "a file",
    "report-csv": "a file",
    **{name: "leads to the trail" for name in OPENED if name.endswith("_history")},
}
HIDDEN = "[...document.querySelectorAll('.results')].some(list => list.scrollWidth > list.clientWidth)"
LISTS = {name for name in OPENED if name.endswith("_changelist")}


@dataclass
class Desk:
    url: str
    cookie: str
    addresses: dict[str, str]
    """Of each page, with the latest row of its table."""
    complaints: list[str] = field(default_factory=list)
    """What the browser said of a page: what a policy stopped, what a script failed at."""


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[Desk, None, None]:
    """A running site with something in each table, opened by somebody who may see everything."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("privacy.broker.poke", lambda task: True)
        call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
        addresses = plant_a_record_of_each()
        client = signed_in(member("", email="root@example.com", is_superuser=True), "fr")
    for url in running(django_db_blocker):
        yield Desk(url, client.cookies[settings.SESSION_COOKIE_NAME].value, addresses)
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)
        connection.close()  # While a browser runs, Django has another one, which nobody would close.


@pytest.fixture(scope="module")
def tab(browser: Browser, desk: Desk) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, locale="fr-FR", reduced_motion="reduce")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": desk.cookie, "url": desk.url}])
    tab, kinds = context.new_page(), {"error", "warning"}
    tab.on("console", lambda said: desk.complaints.append(said.text) if said.type in kinds else None)
    tab.on("pageerror", lambda error: desk.complaints.append(str(error)))
    yield tab
    context.close()


@pytest.mark.parametrize("name", sorted(OPENED - NO_PAGE.keys()))
def test_nothing_is_stopped_axe_finds_nothing_and_nothing_is_too_wide(name: str, tab: Page, desk: Desk) -> None:
    desk.complaints.clear()
    answer = tab.goto(desk.addresses[name])
    assert answer
    assert (answer.status, answer.request.redirected_from) == (200, None)
    assert desk.complaints == []

    found = {}
    for width, options in ((360, VIOLATIONS), (1280, LOOKS)):
        tab.set_viewport_size({"width": width, "height": 800})
        violations = Axe().run(tab, options=options).response["violations"]
        found[width] = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            found[width].append(("wider than the window", []))

    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_is_called_by_what_is_in_it_and_no_column_hides_behind_its_edge(
    name: str, tab: Page, desk: Desk
) -> None:
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.goto(desk.addresses[name])

    assert "Sélectionnez" not in f"{tab.title()} {tab.locator('h1').inner_text()}"
    assert not tab.evaluate(HIDDEN)
    tab.set_viewport_size({"width": 360, "height": 800})
    assert not tab.evaluate(HIDDEN)
    for cell in tab.locator("#result_list tbody td:not(.action-checkbox)").all():
        assert cell.get_attribute("data-label")


@pytest.mark.parametrize("name", sorted(LISTS - {"admin:auth_group_changelist"}))
def test_a_box_to_search_in_says_what_it_looks_for(name: str, tab: Page, desk: Desk) -> None:
    tab.goto(desk.addresses[name])

    assert tab.locator("#searchbar").count() == tab.locator("#searchbar_helptext:not(:empty)").count()


@pytest.mark.parametrize("name", sorted(NO_PAGE))
def test_what_is_left_out_is_no_page(name: str, desk: Desk, django_db_blocker: DjangoDbBlocker) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = desk.cookie
    with django_db_blocker.unblock():
        answer = client.get(desk.addresses[name])

    assert answer.status_code == 302 or not answer["Content-Type"].startswith("text/html"), NO_PAGE[name]
