"""The desk in a real browser: with and without scripts, by keyboard, on a telephone; and what axe finds."""

from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from contact.models import AnswerTemplate, ContactRequest
from contact.services import add_note
from privacy.letters.models import Letter
from tests.browsing import faults_of
from tests.desk.desk import INBOX, Status, member, page_of, request, signed_in
from tests.servers import PLAIN_STORAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _as_it_is_seen(settings: Any) -> None:
    """With its style sheets: the test server finds them by their plain names only."""
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}


@pytest.fixture(autouse=True)
def _groups(transactional_db: None) -> None:
    """A test that flushed the tables took the groups along."""
    call_command("migrate", verbosity=0)


def tab(browser: Browser, live_server: LiveServer, *, width: int = 1280, language: str = "en", js: bool = True) -> Page:
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 800},
        locale=language,
        java_script_enabled=js,
    )
    session = signed_in(member()).cookies[site.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return context.new_page()


@pytest.mark.parametrize(("width", "language"), [(360, "fr"), (1280, "en")])
def test_axe_finds_nothing_on_the_pages_of_the_desk(
    browser: Browser, live_server: LiveServer, width: int, language: str
) -> None:
    page = tab(browser, live_server, width=width, language=language)
    AnswerTemplate.objects.create(name="Thanks", body_fr="Merci", body_en="Thanks")
    shown, closed = request(phone="+33123456789"), request(status=Status.CLOSED)
    note = add_note(shown.pk, author_id=None, body="x" * 500)
    Letter.objects.create(
        kind="contact.acknowledgement",
        record_id=shown.pk,
        state=Letter.State.FAILED,
        created_at=note.written_at,
        due_at=note.written_at,
    )
    found = {}

    for address in (
        "/admin/",
        INBOX,
        f"{INBOX}?view=all",
        page_of(shown),
        page_of(closed),
        "/admin/contact/answertemplate/",
    ):
        page.goto(address)
        found[address] = faults_of(page)

    assert not any(found.values()), found


@pytest.mark.parametrize("js", [True, False])
def test_an_answer_from_a_template_is_sent_without_a_mouse(browser: Browser, live_server: LiveServer, js: bool) -> None:
    page = tab(browser, live_server, js=js)
    AnswerTemplate.objects.create(name="Thanks", body_fr="Merci !", body_en="Thanks!")
    shown = request()

    page.goto(page_of(shown))
    page.get_by_label("Your answer").focus()
    page.keyboard.type("Bonjour Zoé,")
    page.get_by_label("Answer template").select_option(label="Thanks")
    page.get_by_role("button", name="Insert its text").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    inserted = page.get_by_label("Your answer").input_value()
    page.get_by_role("button", name="Send the answer", exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert inserted == "Bonjour Zoé,\n\nMerci !"
    assert shown.entries.get().body == inserted
    assert page.get_by_text("Your answer is on its way.").is_visible()


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize("js", [True, False])
def test_searching_and_closing_from_the_list(browser: Browser, live_server: LiveServer, js: bool) -> None:
    page = tab(browser, live_server, js=js)
    request()
    other = request(last_name="Martin", email="leo@example.com")

    page.goto(INBOX)
    page.get_by_role("searchbox", name="Search").fill("LEFEVRE")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    shown = page.locator("#result_list tbody tr").count()
    address = page.url
    page.locator("#result_list tbody input[type=checkbox]").check()
    page.get_by_label("Action:").select_option(value="close_selected")
    with page.expect_navigation():
        page.get_by_role("button", name="Go", exact=True).click()

    assert shown == 1
    assert "lefevre" not in address.lower()
    assert list(ContactRequest.objects.filter(status=Status.NEW)) == [other]
