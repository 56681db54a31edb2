"""The officer publishes a version in a real browser, compares it with the last one, and a visitor sees the notice."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from privacy.models import PolicyVersion
from privacy.periods import Period
from tests.browsing import faults_of
from tests.desk.desk import member, signed_in
from tests.policy.versions import imported, published
from tests.servers import PLAIN_STORAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.promise("P12.1", "P12.2")]
SIZES = [(360, 740), (1280, 900)]


@pytest.fixture(autouse=True)
def _static_files_under_their_own_names(settings: Any) -> None:
    """As the test server serves them."""
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def context(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    width, height = request.param
    context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": height}, locale="fr-FR")
    yield context
    context.close()


def as_officer(context: BrowserContext, live_server: LiveServer) -> Page:
    client = signed_in(member("DPO"))
    name = site_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context.new_page()


def test_a_version_is_published_compared_and_noticed(
    context: BrowserContext, live_server: LiveServer, settings: Any
) -> None:
    imported()
    published()
    settings.CONTACT_RETENTION = Period(days=77)
    office = as_officer(context, live_server)

    office.goto("/admin/privacy/policyversion/")
    office.get_by_role("link", name="Lire ce qui a changé").click()
    office.locator("#preview-fr ~ .changes ins", has_text="77").first.wait_for()
    office.get_by_label("Ce qui change, en français").fill("Les demandes sont gardées plus longtemps.")
    office.get_by_label("Ce qui change, en anglais").fill("Requests are kept for longer.")
    office.get_by_label("Changement important").check()
    office.get_by_role("button", name="Publier").click()
    office.get_by_text("La version est publiée.").wait_for()
    cache.clear()
    context.clear_cookies()
    visitor = context.new_page()

    visitor.goto("/fr/contact/")
    notice = visitor.get_by_role("complementary", name="Notre politique de confidentialité change")
    assert faults_of(visitor) == []
    notice.get_by_role("link", name="Ce qui change").click()
    expect(visitor.get_by_text("Les demandes sont gardées plus longtemps.")).to_have_count(1)
    assert faults_of(visitor) == []
    visitor.get_by_role("link", name="Toutes les versions").first.click()
    expect(visitor.locator(".versions > li")).to_have_count(3)
    assert faults_of(visitor) == []
    visitor.get_by_role("button", name="Comparer").click()
    expect(visitor.locator(".changes ins").first).to_contain_text("77")
    expect(visitor.locator(".changes del").first).to_contain_text("30")
    assert faults_of(visitor) == []
    assert {cookie["name"] for cookie in context.cookies()} <= {"csrftoken"}  # The contact form's own.
    assert PolicyVersion.objects.in_force() == PolicyVersion.objects.latest("pk")


def test_the_officer_s_pages_have_nothing_that_axe_finds(context: BrowserContext, live_server: LiveServer) -> None:
    version = published(is_important=True)
    page = as_officer(context, live_server)

    found = {}
    for address in (
        "/admin/record/",
        "/admin/privacy/policyversion/",
        f"/admin/privacy/policyversion/{version.pk}/change/",
        "/admin/privacy/policyversion/add/",
    ):
        page.goto(address)
        found[address] = faults_of(page)

    assert {address: what for address, what in found.items() if what} == {}
