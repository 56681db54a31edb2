"""Every page of the admin that is ours, with something in each table: axe finds nothing, at two widths."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, reverse
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.audit.test_every_page import pages
from tests.desk.desk import member, signed_in
from tests.privacy.planting import Canary, tables_of_somebody
from tests.site.conftest import running
from tests.site.test_accessibility import LOOKS, VIOLATIONS

pytestmark = pytest.mark.browser

NO_PAGE = ("auth_", "jsi18n", "autocomplete", "view_on_site", "logout", "password_change", "login", "app_list")
"""Groups are Django's own page, whose script labels what may not have a label; the others are no page of the desk."""
ALIKE = ("_history", "_delete")
"""One of Django's own pages, whatever the table."""
OF_THEIR_OWN = (
    "record",
    "report",
    "admin:customerlabs_staffmember_changelist",
    "admin:contact_exportrecord_changelist",
)


def names() -> list[str]:
    """The pages of every admin, by their names; of those that are alike, the first."""
    found = [pattern for pattern in admin.site.urls[0] if isinstance(pattern, URLPattern)]
    for page in admin.site._registry.values():
        found += page.get_urls()
    ours = sorted({pattern.name for pattern in found if pattern.name and not pattern.name.startswith(NO_PAGE)})
    alike = {next(name for name in ours if name.endswith(end)) for end in ALIKE}
    return [name for name in ours if name in alike or not name.endswith(ALIKE)]


LOOKED_AT = set(names())


@dataclass
class Desk:
    url: str
    cookie: str
    addresses: dict[str, str]
    """Of each page that there is, with the latest row of its table."""


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[Desk, None, None]:
    """A running site with something in each table, opened by somebody who may see everything."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("privacy.broker.poke", lambda task: True)
        call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
        canary = Canary.new()
        for table in tables_of_somebody():
            canary.plant(table)
        root = member("", email="root@example.com", is_superuser=True)
        client = signed_in(root, "fr")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        addresses = {name: reverse(name) for name in OF_THEIR_OWN}
        for page in pages():
            if page.name in LOOKED_AT and page.name not in addresses and is_shown(client, page.address):
                addresses[page.name] = page.address
    for url in running(django_db_blocker):
        yield Desk(url, cookie, addresses)
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)


@pytest.fixture(scope="module")
def tab(browser: Browser, desk: Desk) -> Iterator[Page]:
    context = browser.new_context(base_url=desk.url, locale="fr-FR", reduced_motion="reduce")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": desk.cookie, "url": desk.url}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", sorted(LOOKED_AT | {*OF_THEIR_OWN}))
def test_axe_finds_nothing_and_nothing_needs_sideways_scrolling(name: str, tab: Page, desk: Desk) -> None:
    if name not in desk.addresses:
        pytest.skip("No page to look at: it only takes what is sent, is forbidden to all, or has no row.")
    tab.goto(desk.addresses[name])

    found = {}
    for width, options in ((360, VIOLATIONS), (1280, LOOKS)):
        tab.set_viewport_size({"width": width, "height": 800})
        violations = Axe().run(tab, options=options).response["violations"]
        found[width] = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            found[width].append(("wider than the window", []))

    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)


def is_shown(client: Client, address: str) -> bool:
    """Whether this is a page, and not one that sends elsewhere."""
    answer = client.get(address)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
