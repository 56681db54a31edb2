"""Confirming and unsubscribing in a real browser, whose headers no test client sends, and what axe finds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from contact.models import Prospect
from tests.browsing import faults_of
from tests.prospects.people import ask, confirmed, page, stop_link, token_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AGREEMENTS = [("fr", "Oui, envoyez-moi vos nouvelles"), ("en", "Yes, send me your news")]
ENDINGS = [("fr", "Oui, le retirer"), ("en", "Yes, withdraw it")]


@pytest.fixture(params=[(360, True), (1280, False)], ids=["phone", "desktop without scripts"])
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scripts = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    yield context.new_page()
    context.close()


def problems(tab: Page) -> list[str]:
    """Axe needs scripts."""
    return [] if tab.viewport_size == {"width": 1280, "height": 800} else faults_of(tab)


@pytest.mark.promise("P3.2")
@pytest.mark.parametrize(("language", "button"), AGREEMENTS)
def test_the_button_of_the_confirmation_page_confirms(
    tab: Page, live_server: LiveServer, language: str, button: str
) -> None:
    tab.goto(live_server.url + page("news-confirm", token_for(ask()), language))
    found = problems(tab)

    tab.get_by_role("button", name=button).click()

    expect(tab.locator("main form[method=post]")).to_have_count(0)
    assert Prospect.objects.confirmed().count() == 1
    assert "confirm" in tab.url
    assert found + problems(tab) == []


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize(("language", "button"), ENDINGS)
def test_the_button_of_the_withdrawal_page_unsubscribes(
    tab: Page, live_server: LiveServer, language: str, button: str
) -> None:
    link = live_server.url + stop_link(confirmed(), language)
    tab.goto(link)
    found = problems(tab)

    tab.get_by_role("button", name=button).click()

    expect(tab.get_by_role("button", name=button)).to_have_count(0)
    assert not Prospect.objects.exists()
    assert found + problems(tab) == []


@pytest.mark.promise("P7.1")
def test_the_address_of_a_link_is_told_to_nobody(tab: Page, live_server: LiveServer) -> None:
    told: list[str] = []
    tab.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    token = token_for(ask())

    tab.goto(live_server.url + page("news-confirm", token))
    tab.get_by_role("button", name=AGREEMENTS[0][1]).click()
    tab.wait_for_load_state()

    assert told
    assert not any(token in referrer for referrer in told)
