"""Two clicks from a mail that a real mail server took, in a real browser (P5.6)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from contact.models import ContactRequest, Prospect
from contact.services import answer_contact_request
from privacy.consents.models import Consent
from privacy.letters.queue import deliver_due
from tests.browsing import faults_of
from tests.consents.people import ZOE, wrote
from tests.post_office import PostOffice, text_of
from tests.prospects.people import confirmed

pytestmark = [pytest.mark.browser, pytest.mark.promise("P5.6"), pytest.mark.django_db(transaction=True)]
LINK = re.compile(r"(http://\S+/(?:retirer-mon-consentement|withdraw-consent)/\S+)")
WORDS = {
    "fr": (
        "Retirer mon consentement",
        "M’envoyer le lien",
        "Oui, le retirer",
        "Retirer ce qui est coché",
        "C’est fait",
    ),
    "en": ("Withdraw my consent", "Send me the link", "Yes, withdraw it", "Withdraw what is ticked", "It is done"),
}


@pytest.fixture(params=[(360, True), (1280, False)], ids=["phone", "desktop without scripts"])
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scripts = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def _mails_lead_to_the_live_server(settings: Any, live_server: LiveServer) -> None:
    settings.SITE_URL = live_server.url


def problems(tab: Page) -> list[str]:
    """Axe needs scripts."""
    return [] if tab.viewport_size == {"width": 1280, "height": 800} else faults_of(tab)


def link_in(office: PostOffice, subject: str = "") -> str:
    (mail,) = [mail for mail in office.to(ZOE) if subject in str(mail["Subject"])]
    found = LINK.search(text_of(mail))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_an_answer_two_clicks_erase_what_was_written(
    tab: Page, live_server: LiveServer, post_office: PostOffice, language: str
) -> None:
    request = wrote(language=language)
    answer_contact_request(request.pk, author_id=None, body="Voilà.")
    deliver_due()

    tab.goto(link_in(post_office, "répond" if language == "fr" else "answers"))
    found = problems(tab)
    tab.get_by_role("button", name=WORDS[language][2]).click()

    expect(tab.locator("h1")).to_contain_text(WORDS[language][4])
    request.refresh_from_db()
    assert (request.email, request.message, request.status) == ("", "", "closed")
    assert found + problems(tab) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_mail_the_form_sends_one(
    tab: Page, live_server: LiveServer, post_office: PostOffice, language: str
) -> None:
    wrote(language=language)
    confirmed(language=language)
    deliver_due()
    post_office.received.clear()
    title, send, _, button, done = WORDS[language]

    tab.goto(f"{live_server.url}/{language}/contact/")
    tab.locator("footer").get_by_role("link", name=title).click()
    tab.locator("[name=email]").fill("zoé")
    tab.get_by_role("button", name=send).click()
    expect(tab.locator(".errors li")).to_have_count(1)
    expect(tab.locator("[name=email]")).to_have_value("zoé")
    found = problems(tab)
    tab.locator("[name=email]").fill(ZOE.upper())
    tab.get_by_role("button", name=send).click()
    expect(tab.locator("[name=email]")).to_have_count(0)
    found += problems(tab)
    deliver_due()
    address = LINK.search(text_of(post_office.received[0]))
    assert address is not None
    tab.goto(address[1])
    found += problems(tab)
    expect(tab.locator("input[type=checkbox]:checked")).to_have_count(2)
    tab.get_by_role("button", name=button).click()

    expect(tab.locator("h1")).to_contain_text(done)
    assert not Prospect.objects.exists()
    assert ContactRequest.objects.get().is_anonymised
    assert not Consent.objects.filter(ended_at=None).exists()
    assert found + problems(tab) == []


@pytest.mark.promise("P7.1")
def test_the_address_of_the_link_is_told_to_nobody(tab: Page, live_server: LiveServer, post_office: PostOffice) -> None:
    told: list[str] = []
    tab.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    wrote()
    deliver_due()
    link = link_in(post_office)

    tab.goto(link)
    tab.get_by_role("button", name=WORDS["fr"][2]).click()
    tab.wait_for_load_state()

    assert told
    assert not any(link.rstrip("/").rpartition("/")[2] in referrer for referrer in told)
