"""Which language a visitor reads, and how they change it."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.site.pages import Elements

OURS = {"Sec-Fetch-Site": "same-origin"}


def choose(visitor: Client, language: str, page: str, **headers: str) -> str:
    answer = visitor.post("/language/", {"language": language, "next": page}, headers=headers or OURS)
    return str(answer["Location"]) if answer.status_code == 302 else str(answer.status_code)


@pytest.mark.parametrize(
    ("accepted", "home"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "/fr/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("de,en;q=0.5,fr;q=0.4", "/en/"),
        ("de", "/fr/"),
        ("", "/fr/"),
    ],
)
def test_the_bare_address_follows_the_browsers_language(client: Client, accepted: str, home: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})

    assert (answer.status_code, answer["Location"]) == (302, home)
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


def test_a_choice_outweighs_the_browsers_language(visitor: Client) -> None:
    choose(visitor, "en", "/fr/")

    answer = visitor.get("/", headers={"Accept-Language": "fr"})

    assert answer["Location"] == "/en/"


def test_an_address_outweighs_a_choice(visitor: Client) -> None:
    choose(visitor, "en", "/fr/")

    answer = visitor.get("/fr/")

    assert answer["Content-Language"] == "fr"


@pytest.mark.parametrize(
    ("page", "language", "same_page"),
    [
        ("/fr/", "en", "/en/"),
        ("/fr/mentions-legales/", "en", "/en/legal-notice/"),
        ("/en/contact/thank-you/", "fr", "/fr/contact/merci/"),
        ("/en/contact/?page=2", "fr", "/fr/contact/?page=2"),
        ("/fr/", "fr", "/fr/"),
        ("/fr/nothing-here/", "en", "/en/nothing-here/"),
        ("/nothing-here/", "en", "/nothing-here/"),
        ("/", "en", "/"),
    ],
)
def test_the_switcher_stays_on_the_same_page(visitor: Client, page: str, language: str, same_page: str) -> None:
    assert choose(visitor, language, page) == same_page


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "fr/", "///x.y"],
)
def test_the_switcher_never_leads_to_another_site(visitor: Client, elsewhere: str) -> None:
    assert choose(visitor, "en", elsewhere) == "/"


@pytest.mark.promise("P11.6")
def test_a_choice_is_remembered_for_a_year_in_one_cookie(visitor: Client) -> None:
    choose(visitor, "en", "/fr/")

    (name, cookie), *others = visitor.cookies.items()
    assert (name, others, cookie.value) == ("django_language", [], "en")
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (365 * 24 * 60 * 60, "Lax", True)


def test_on_https_the_cookie_is_secure(visitor: Client, settings: Settings) -> None:
    settings.LANGUAGE_COOKIE_SECURE = True

    choose(visitor, "en", "/fr/")

    assert visitor.cookies["django_language"]["secure"]


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"User-Agent": "no browser"}, False),
    ],
)
def test_only_our_own_pages_set_the_cookie(visitor: Client, headers: dict[str, str], accepted: bool) -> None:
    answer = visitor.post("/language/", {"language": "en", "next": "/fr/"}, headers=headers)

    assert (answer.status_code == 302, "django_language" in visitor.cookies) == (accepted, accepted)
    assert accepted or answer.status_code == 403


def test_behind_a_proxy_the_published_address_counts_as_ours(visitor: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://www.customer-labs.com"

    assert choose(visitor, "en", "/fr/", Origin="https://www.customer-labs.com") == "/en/"


def test_a_language_nobody_offers_is_refused(visitor: Client) -> None:
    assert choose(visitor, "de", "/fr/") == "400"


def test_a_choice_is_posted_never_followed(visitor: Client) -> None:
    assert visitor.get("/language/?language=en&next=/fr/").status_code == 405


@pytest.mark.django_db
def test_the_contact_form_sent_with_mistakes_switches_to_an_empty_form(client: Client) -> None:
    page = Elements(client.post("/fr/contact/", {}).content.decode())

    assert {field["value"] for field in page.all("input", name="next")} == {"/fr/contact/"}


def test_the_refusal_of_a_choice_offers_the_home_page_in_both_languages(visitor: Client) -> None:
    answer = visitor.post("/language/", {"language": "en"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert Elements(answer.content.decode()).all("input", name="next")[0]["value"] == "/"
