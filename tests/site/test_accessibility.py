"""Every page in every state: no fault that axe can find, no sideways scrolling at 320 pixels, a way by keyboard."""

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browsing import press
from tests.site.pages import ERRORS, LANGUAGES, NAMES, address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("_failing_addresses"),
]

PAGES = [address(name, language) for name in NAMES for language in LANGUAGES]
FAILING = [f"/{language}/{error}/" for language in LANGUAGES for error in ERRORS]
SEEN_AS: dict[str, list[tuple[int, Literal["light", "dark"]]]] = {
    "fr": [(360, "light"), (1280, "dark")],
    "en": [(360, "dark"), (1280, "light")],
}
"""Both widths and both colour schemes in each language; the four pairs over the two."""
VIOLATIONS = {"resultTypes": ["violations"]}
"""Every rule runs; what passes isn't listed node by node, which takes longer than the rules."""
DEPEND_ON_LOOKS = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable", "tabindex"]
LOOKS = {**VIOLATIONS, "runOnly": {"type": "rule", "values": DEPEND_ON_LOOKS}}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # Colours that are still fading from light to dark would be measured halfway.
    page = browser.new_page(reduced_motion="reduce")
    yield page
    page.close()


def faults(page: Page, language: str) -> dict[str, str]:
    """What axe finds, as readers of this language see it here: everything, then what depends on colours and sizes."""
    found = {}
    for (width, scheme), options in zip(SEEN_AS[language], (VIOLATIONS, LOOKS), strict=True):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        violations = Axe().run(page, options=options).response["violations"]
        if violations:
            nodes = [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in violations]
            found[f"{width} {scheme}"] = json.dumps(nodes, ensure_ascii=False)
    return found


@pytest.mark.parametrize("here", [*PAGES, *FAILING])
def test_axe_finds_no_fault_and_at_320_pixels_and_on_paper_nothing_needs_sideways_scrolling(
    site: str, page: Page, here: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(site + here)

    on_screen = page.evaluate("document.documentElement.scrollWidth")
    page.emulate_media(media="print")
    on_paper = page.evaluate("document.documentElement.scrollWidth")
    page.emulate_media(media="screen")

    assert max(on_screen, on_paper) <= 320
    assert faults(page, here.split("/")[1]) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_fault_in_a_form_sent_with_mistakes(site: str, page: Page, language: str) -> None:
    page.goto(f"{site}/{language}/contact/")

    press(page.locator("main form button[type=submit]"))

    assert page.locator("[role=alert]").count() == 1
    assert faults(page, language) == {}


@pytest.mark.parametrize("javascript", [True, False])
def test_the_switcher_works_by_keyboard_and_without_javascript(site: str, browser: Browser, javascript: bool) -> None:
    page = browser.new_page(java_script_enabled=javascript)
    page.goto(f"{site}/fr/mentions-legales/")

    page.get_by_role("button", name="English").press("Enter")

    page.wait_for_url(f"{site}/en/legal-notice/")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["django_language"]
    page.goto(f"{site}/")
    assert page.url == f"{site}/en/"
    page.close()


def test_the_switcher_works_on_an_error_page(site: str, page: Page) -> None:
    page.goto(f"{site}/fr/404/")

    page.get_by_role("button", name="English").click()

    page.wait_for_url(f"{site}/en/404/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")


def test_the_first_tab_leads_past_the_header(site: str, page: Page) -> None:
    page.goto(f"{site}/en/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_every_stop_of_the_tab_key_is_outlined(site: str, page: Page) -> None:
    page.goto(f"{site}/en/legal-notice/")

    stops = page.locator("a:visible, button:visible").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", page.evaluate("document.activeElement.outerHTML")
