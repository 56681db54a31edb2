"""From the form to the requester's page in a real browser, by a mail that a real mail server took."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from privacy.letters.queue import deliver_due
from privacy.rights.models import RightsRequest
from tests.browsing import faults_of
from tests.post_office import PostOffice, text_of
from tests.rights.pages import at

pytestmark = [pytest.mark.browser, pytest.mark.promise("P6.1"), pytest.mark.django_db(transaction=True)]
LINK = re.compile(r"(http://\S+/(?:confirmer|ouvrir)/\S+)")
ZOE = "zoe.leroy@example.com"


@pytest.fixture(params=[(360, True), (1280, False)], ids=["phone", "desktop without scripts"])
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scripts = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def _mails_lead_to_the_site(settings: Any, site: str) -> None:
    settings.SITE_URL = site


def problems(tab: Page) -> list[str]:
    """In both colour schemes; axe needs scripts."""
    if tab.viewport_size == {"width": 1280, "height": 800}:
        return []
    found = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found += faults_of(tab)
    return found


def test_a_request_is_made_proved_followed_and_taken_back(tab: Page, site: str, post_office: PostOffice) -> None:
    tab.goto(site + at("contact:form"))
    tab.locator("footer").get_by_role("link", name="Vos droits").click()
    found = problems(tab)
    tab.get_by_role("link", name="Faire effacer vos données").click()
    tab.get_by_role("button", name="Envoyer ma demande").click()
    expect(tab.locator(".errors li")).to_have_count(3)
    tab.locator("summary", has_text="quelqu’un d’autre").click()
    found += problems(tab)
    tab.get_by_label("J’étais mineur au moment de leur collecte").check()
    tab.get_by_label("Votre nom").fill("Zoé Leroy")
    tab.get_by_label("Adresse électronique", exact=True).fill(ZOE)
    with tab.expect_navigation():
        tab.get_by_role("button", name="Envoyer ma demande").press("Enter")

    request = RightsRequest.objects.get()
    expect(tab.locator("main")).to_contain_text(request.reference)
    found += problems(tab)
    deliver_due()
    (mail,) = post_office.to(ZOE)
    link = LINK.search(text_of(mail))
    assert link is not None
    tab.goto(link[1])
    found += problems(tab)
    tab.get_by_role("button", name="Oui, c’était moi").click()

    expect(tab.locator("h1")).to_have_text(f"Votre demande {request.reference}")
    tab.get_by_role("button", name="Envoyer mon message").click()
    expect(tab.locator(".errors li")).to_have_count(1)
    tab.get_by_label("Votre message au délégué").fill("Où en est-ce ? <b>Merci</b>")
    tab.get_by_role("button", name="Envoyer mon message").click()
    expect(tab.locator(".history .mine")).to_contain_text("Où en est-ce ? <b>Merci</b>")
    tab.locator("summary", has_text="Pourquoi cette date").click()
    tab.locator("summary", has_text="Retirer la demande").click()
    found += problems(tab)
    tab.get_by_role("button", name="Oui, la retirer").click()
    expect(tab.locator(".lead")).to_have_text("Vous avez retiré votre demande.")
    tab.get_by_role("button", name="Fermer cette page").click()
    tab.goto(site + at("rights-request"))

    expect(tab.locator("h1")).to_have_text("La page de votre demande est fermée.")
    request.refresh_from_db()
    assert (request.state, request.proof) == ("taken-back", "link")
    assert found + problems(tab) == []
