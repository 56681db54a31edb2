"""The admin under the content policy in a real browser: every page loads all it needs, and nothing is stopped."""

from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.desk.desk import request
from tests.servers import PLAIN_STORAGES
from tests.signing_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _as_it_is_seen(settings: Any) -> None:
    """With its style sheets: the test server finds them by their plain names only."""
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}


def test_no_page_of_the_admin_asks_for_what_the_policy_stops(browser: Browser, live_server: LiveServer) -> None:
    staff = Client()
    sign_in(staff, get_user_model().objects.create_superuser("admin@example.com", "x" * 20))
    shown = request()
    context = browser.new_context(base_url=live_server.url)
    session = staff.cookies[site.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    stopped: list[tuple[str, str]] = []
    page.on(
        "console",
        lambda said: stopped.append((page.url, said.text)) if "content security policy" in said.text.lower() else None,
    )
    page.on("pageerror", lambda error: stopped.append((page.url, str(error))))

    page.goto("/admin/")
    lists = page.locator("#content-main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for here in [*lists, f"/admin/contact/contactrequest/{shown.pk}/change/", "/account/password/"]:
        answer = page.goto(here)
        assert answer is not None, here
        assert answer.status == 200, here

    assert len(lists) > 20
    assert stopped == []
    context.close()
