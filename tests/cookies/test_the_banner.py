"""The banner and the dialog, as one sees, hears and touches them: sizes, keyboard, narrow windows, axe."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker, Settings

from cookies.models import ChoiceEvent, RefusalCount
from tests.cookies.test_in_a_browser import Visitor, arrive
from tests.site.conftest import running
from tests.site.pages import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_audience")]

LOOKS = """element => {
    const {width, height} = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return [
        width.toFixed(1), height.toFixed(1), style.fontSize, style.fontWeight, style.color, style.backgroundColor,
        style.borderTopColor, style.borderTopWidth, style.textDecorationLine,
    ].join(" ");
}"""
COVERED = """() => {
    const here = document.activeElement, box = here.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
    return here !== document.body && (!top || !here.contains(top) && !top.contains(here));
}"""


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    yield from running(django_db_blocker)


@pytest.fixture
def come(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """A visitor who has just arrived; several may."""
    arrived: list[Visitor] = []

    def come(language: str = "fr", width: int = 1280, height: int = 800, **options: Any) -> Visitor:
        visitor = arrive(browser, site, language, viewport={"width": width, "height": height}, **options)
        arrived.append(visitor)
        return visitor

    yield come
    for visitor in arrived:
        visitor.context.close()


@pytest.mark.promise("P11.1", "P11.4")
@pytest.mark.parametrize("width", [320, 360, 700, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("counts", [True, False])
def test_the_three_answers_have_one_size_and_one_weight(
    come: Callable[..., Visitor], settings: Settings, language: str, width: int, counts: bool
) -> None:
    settings.AUDIENCE = counts
    visitor = come(language, width)
    visitor.open("home")

    answers = visitor.banner.locator(".answers > form > button, summary")
    looks = [answer.evaluate(LOOKS) for answer in answers.all()]

    assert [answer.strip() for answer in answers.all_inner_texts()] == [
        visitor.word(key) for key in ("all", "none", "choose")
    ]
    assert len(set(looks)) == 1, looks
    assert all(answer.bounding_box()["height"] >= 44 for answer in answers.all())
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.promise("P11.2")
@pytest.mark.parametrize("scripts", [True, False])
def test_with_the_keyboard_one_reads_first_what_is_asked_and_chooses_purpose_by_purpose(
    come: Callable[..., Visitor], scripts: bool
) -> None:
    visitor = come("en", scripts=scripts)
    visitor.open("home")
    focused = visitor.page.locator(":focus")
    stops = []

    for _ in range(5):
        visitor.page.keyboard.press("Tab")
        stops.append(focused.inner_text().strip())
    visitor.page.keyboard.press("Enter")
    box = visitor.banner.get_by_role("checkbox")
    off = box.is_checked()
    box.focus()
    visitor.page.keyboard.press("Space")
    visitor.page.keyboard.press("Enter")  # Sends these answers, and not the first button of the banner.
    expect(visitor.banner).to_have_count(0)

    assert stops == ["Skip to the content", "Privacy policy", "Accept all", "Refuse all", "Choose"]
    assert off is False
    assert list(ChoiceEvent.objects.values_list("kind", "purposes")) == [("accepted", "audience")]


def test_enter_on_a_switch_left_off_is_a_refusal(come: Callable[..., Visitor]) -> None:
    visitor = come()
    visitor.open("home")
    visitor.banner.locator("summary").click()

    visitor.banner.get_by_role("checkbox").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.banner).to_have_count(0)

    assert not ChoiceEvent.objects.exists()
    assert RefusalCount.objects.get().count == 1


@pytest.mark.promise("P11.3")
@pytest.mark.parametrize("width", [320, 1280])
def test_no_focused_field_is_covered(come: Callable[..., Visitor], width: int) -> None:
    visitor = come(width=width, height=480)
    visitor.open("contact:form")
    covered = []

    for _ in range(30):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(COVERED):
            covered.append(visitor.page.evaluate("document.activeElement.outerHTML"))

    assert covered == []
    assert visitor.banner.evaluate("banner => getComputedStyle(banner).position") == "static"


def test_what_was_typed_stays_while_one_answers_the_banner(come: Callable[..., Visitor]) -> None:
    visitor = come()
    visitor.open("contact:form")
    visitor.page.locator("[name=message]").fill("Une longue histoire.")

    visitor.answer("none")

    expect(visitor.page.locator("[name=message]")).to_have_value("Une longue histoire.")
    expect(visitor.page.locator("main")).to_be_focused()
    expect(visitor.page.locator("#cookies-said")).to_have_text("Votre choix est enregistré.")


def test_the_banner_is_named_and_announced_politely(come: Callable[..., Visitor]) -> None:
    visitor = come("en")
    visitor.open("home")

    expect(visitor.page.get_by_role("region", name="Cookies: you decide")).to_be_visible()
    expect(visitor.page.get_by_role("status")).to_have_text("Cookies: you decide")
    assert visitor.page.evaluate("document.activeElement === document.body")


@pytest.mark.promise("P11.8", "P11.9")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dialog_shows_the_choice_withdraws_it_and_gives_the_focus_back(
    come: Callable[..., Visitor], language: str
) -> None:
    visitor = come(language, 360)
    visitor.open("home")
    visitor.answer("all")
    link = visitor.page.get_by_role("contentinfo").get_by_role("link", name=visitor.word("manage"))
    here = visitor.page.url

    link.focus()
    visitor.page.keyboard.press("Enter")
    dialog = visitor.page.get_by_role("dialog", name=visitor.word("manage"))
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text(ChoiceEvent.objects.get().number)
    assert visitor.page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    dialog.get_by_role("button", name=visitor.word("withdraw")).click()
    expect(dialog.get_by_role("button", name=visitor.word("withdraw"))).to_have_count(0)
    visitor.page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    assert visitor.page.url == here
    assert ChoiceEvent.objects.filter(kind="withdrawn").count() == 1


def test_another_tab_loses_its_banner_too(come: Callable[..., Visitor]) -> None:
    visitor = come()
    visitor.open("home")
    other = visitor.context.new_page()
    other.goto(visitor.page.url)

    other.get_by_role("button", name=visitor.word("none")).click()
    expect(other.locator("#cookies")).to_have_count(0)
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")

    expect(visitor.banner).to_have_count(0)


def test_where_a_script_can_not_reach_the_site_the_form_itself_is_sent(come: Callable[..., Visitor]) -> None:
    visitor = come()
    visitor.open("home")
    visitor.page.route(
        "**/choix/", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )

    visitor.answer("none")

    assert visitor.cookies() == {"eu-consent"}
    assert RefusalCount.objects.get().count == 1


def test_axe_finds_no_fault_in_any_state(come: Callable[..., Visitor], settings: Settings) -> None:
    found: dict[str, Any] = {}

    def look(visitor: Visitor, state: str) -> None:
        violations = Axe().run(visitor.page).response["violations"]
        if violations:
            found[f"{visitor.language} {state}"] = [(each["id"], each["nodes"][0]["html"]) for each in violations]

    for language, width, scheme in (("fr", 360, "light"), ("en", 1280, "dark")):
        visitor = come(language, width, color_scheme=scheme, bypass_csp=True)
        visitor.open("home")
        look(visitor, "before")
        visitor.banner.locator("summary").click()
        look(visitor, "choosing")
        visitor.answer("all")
        look(visitor, "agreed")
        visitor.page.get_by_role("contentinfo").get_by_role("link", name=visitor.word("manage")).click()
        expect(visitor.page.locator("dialog[open]")).to_be_visible()
        look(visitor, "dialog")
        visitor.open("cookies:manage")
        look(visitor, "managing")
        visitor.page.get_by_role("button", name=visitor.word("withdraw")).click()
        expect(visitor.page.get_by_role("button", name=visitor.word("withdraw"))).to_have_count(0)
        look(visitor, "withdrawn")
        settings.COOKIE_LIMIT_CLIENT = 0
        visitor.page.get_by_role("button", name=visitor.word("all")).click()
        expect(visitor.page.get_by_role("alert")).to_be_visible()
        look(visitor, "too many")
        settings.COOKIE_LIMIT_CLIENT = 20
        visitor.context.set_extra_http_headers({"Sec-GPC": "1"})
        visitor.begin("cookies:manage")
        look(visitor, "signal")

    assert found == {}
