"""What programs ask for, at the addresses they expect."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from pytest_django import Settings

from tests.site.pages import LANGUAGES, LISTED, Elements, address

PUBLISHED = "https://www.customer-labs.com"
NAMESPACES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "html": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def _published(settings: Settings) -> None:
    """The site's address, and a name that only the Host header gives it."""
    settings.SITE_URL = PUBLISHED
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]


def test_robots_learn_where_the_map_is(client: Client) -> None:
    answer = client.get("/robots.txt", headers={"Host": "other.example"})

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /admin/", "Disallow: /account/", f"Sitemap: {PUBLISHED}/sitemap.xml"]


def test_the_map_lists_every_page_with_its_translations_under_the_published_address(client: Client) -> None:
    answer = client.get("/sitemap.xml", headers={"Host": "other.example"})

    pages = ElementTree.fromstring(answer.content).findall("map:url", NAMESPACES)  # noqa: S314  (our own answer)
    found = {
        page.findtext("map:loc", "", NAMESPACES): {
            link.attrib["hreflang"]: link.attrib["href"] for link in page.findall("html:link", NAMESPACES)
        }
        for page in pages
    }
    assert found == {
        PUBLISHED + address(name, language): {other: PUBLISHED + address(name, other) for other in LANGUAGES}
        for name in LISTED
        for language in LANGUAGES
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTED)
def test_a_page_names_its_own_address_and_its_translations(client: Client, name: str, language: str) -> None:
    here = PUBLISHED + address(name, language)

    page = Elements(
        client.get(f"{address(name, language)}?from=mail", headers={"Host": "other.example"}).content.decode()
    )

    assert [link["href"] for link in page.all("link", rel="canonical")] == [here]
    translations = {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate")}
    assert translations == {other: PUBLISHED + address(name, other) for other in LANGUAGES}
    shared = {meta["property"]: meta["content"] for meta in page.all("meta") if "property" in meta}
    assert shared["og:url"] == here
    assert shared["og:locale"] == {"fr": "fr_FR", "en": "en_GB"}[language]
    assert shared["og:title"]
    assert shared["og:image"].startswith(f"{PUBLISHED}/static/card.")
    assert finders.find("card.png")


@pytest.mark.promise("P7.1")
def test_a_page_with_a_secret_in_its_address_is_neither_listed_nor_shared(rf: RequestFactory) -> None:
    request = rf.get("/en/contact/confirm/secret/")
    request.resolver_match = ResolverMatch(lambda: None, (), {"token": "secret"})

    page = Elements(render_to_string("pages/home.html", request=request))

    assert page.all("meta", name="robots") == [{"name": "robots", "content": "noindex"}]
    assert (page.all("link", rel="canonical"), page.all("link", rel="alternate")) == ([], [])
    assert not [meta for meta in page.all("meta") if meta.get("property", "").startswith("og:")]


def test_error_pages_are_not_listed(client: Client) -> None:
    page = Elements(client.get("/fr/nothing-here/").content.decode())

    assert page.all("meta", name="robots") == [{"name": "robots", "content": "noindex"}]
    assert (page.all("link", rel="canonical"), page.all("link", rel="alternate")) == ([], [])


@pytest.mark.parametrize("now", ["2026-01-01T00:00:00Z", "2027-12-31T23:59:59Z"])
def test_weaknesses_are_reported_to_somebody_who_is_still_there(client: Client, settings: Settings, now: str) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.com"

    with time_machine.travel(now, tick=False):
        answer = client.get("/.well-known/security.txt")
        moment = datetime.now(UTC)

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert moment + timedelta(days=30) < datetime.fromisoformat(fields.pop("Expires")) < moment + timedelta(days=365)
    assert fields == {
        "Contact": "mailto:security@example.com",
        "Preferred-Languages": "fr, en",
        "Canonical": f"{PUBLISHED}/.well-known/security.txt",
    }


def test_password_managers_find_the_page_that_changes_a_password(client: Client) -> None:
    answer = client.get("/.well-known/change-password")

    assert (answer.status_code, answer["Location"]) == (302, "/account/password/")


def test_a_browser_that_guesses_finds_the_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/favicon.")
