"""The contact form in a real browser, as people really use it: impatiently, by keyboard, without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.visiting import PATH, READING, THANKS, TYPED, fill, send
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.timeout(240)]


def acknowledgements(site: Site, office: PostOffice, address: str) -> int:
    """How many came, once all that was to be sent has left."""
    waiting = "SELECT count(*) FROM privacy_letter WHERE state = 'queued'"
    wait_until(lambda: site.query(waiting) == [(0,)], 60, "every letter has left")
    return len(office.to(address))


@pytest.mark.promise("P1.2", "P4.1")
@pytest.mark.parametrize(
    ("page", "address"),
    [(True, "avec@example.com"), (False, "sans@example.com")],
    indirect=["page"],
    ids=["with JavaScript", "without"],
)
def test_a_message_is_sent(page: Page, address: str, site: Site, office: PostOffice, watched: Watched) -> None:
    page.goto("/fr/")
    page.locator("main a[href='/fr/contact/']").click()
    fill(page, email=address)

    send(page)

    page.wait_for_url(THANKS)
    assert acknowledgements(site, office, address) == 1
    assert watched.hosts == {f"127.0.0.1:{site.port}"}
    assert watched.complaints == []


def test_a_double_click_and_a_reload_make_one_message(page: Page, site: Site, office: PostOffice) -> None:
    fill(page, email="double@example.com")

    page.locator("form.contact button[type=submit]").dblclick()
    page.wait_for_url(THANKS)
    page.wait_for_load_state("networkidle")  # The second click's answer may still be on its way.
    page.reload()

    assert acknowledgements(site, office, "double@example.com") == 1


@pytest.mark.parametrize("page", [True, False], indirect=True, ids=["with JavaScript", "without"])
def test_what_was_typed_stays_when_something_is_wrong(page: Page) -> None:
    fill(page, email="pas une adresse", phone="12")

    send(page)

    alert = page.locator("[role=alert]")
    expect(alert).to_be_visible()
    for name in ("first_name", "last_name", "message"):
        expect(page.locator(f"form.contact [name={name}]")).to_have_value(TYPED[name])
    expect(page.locator("form.contact [name=email]")).to_have_value("pas une adresse")
    expect(page.locator("form.contact [name=consent]")).to_be_checked()
    assert page.title().startswith("Erreur")


def test_the_summary_has_the_focus_and_leads_to_each_field(page: Page) -> None:
    page.goto(PATH)
    send(page)
    alert = page.locator("[role=alert]")

    expect(alert).to_be_focused()
    page.wait_for_load_state()
    links = alert.get_by_role("link")
    assert links.count() >= 4
    for number in range(links.count()):
        target = links.nth(number).get_attribute("href")
        assert target is not None
        links.nth(number).press("Enter")
        expect(page.locator(target)).to_be_focused()
        described = page.locator(target).get_attribute("aria-describedby")
        assert described is not None
        assert page.locator(target).get_attribute("aria-invalid") == "true"
        assert any(page.locator(f"#{part}").is_visible() for part in described.split() if part.endswith("_error"))


def test_the_keyboard_is_enough(page: Page, site: Site, office: PostOffice) -> None:
    page.goto(PATH)
    typed = {**TYPED, "email": "clavier@example.com"}
    page.wait_for_timeout(READING)
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name")
        if name in typed:
            page.keyboard.insert_text(typed.pop(name))
        elif name == "consent":
            page.keyboard.press("Space")
        elif page.evaluate("document.activeElement.matches('form.contact button[type=submit]')"):
            page.keyboard.press("Enter")
            break

    page.wait_for_url(THANKS)
    assert typed == {}
    assert acknowledgements(site, office, "clavier@example.com") == 1


def test_a_change_of_language_stays_on_the_page(page: Page) -> None:
    page.goto(PATH)

    page.locator("header").get_by_text("English").click()

    page.wait_for_url("**/en/contact/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("header").get_by_text("Français").click()
    page.wait_for_url(re.compile("/fr/contact/$"))
