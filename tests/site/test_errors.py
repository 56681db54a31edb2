"""Error pages: the right status, the reader's language, what to do, and nothing they could fail on in turn."""

import logging

import pytest
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from customerlabs.pages.context import site
from tests.contact.posts import post
from tests.site.pages import ERRORS, Elements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_failing_addresses")]

OURS = {"Sec-Fetch-Site": "same-origin"}
HEADINGS = {
    "400": ("Nous n’avons pas pu lire cette demande", "We could not read that"),
    "403": ("Cet accès ne vous est pas ouvert", "This is not open to you"),
    "403_csrf": ("Un second envoi, s’il vous plaît", "Please send it once more"),
    "404": ("Cette page n’existe pas", "There is no such page"),
    "429": ("Un peu trop vite", "A little too fast"),
    "500": ("Une panne, et c’est de notre fait", "That failed, and it is our fault"),
    "503": ("De retour dans un instant", "Back in a moment"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_page_reads_in_the_language_of_its_address(visitor: Client, error: str) -> None:
    for language, heading in zip(("fr", "en"), HEADINGS[error], strict=True):
        answer = visitor.get(f"/{language}/{error}/", headers={"Accept-Language": "de"})

        page = answer.content.decode()
        assert answer.status_code == int(error[:3])
        assert answer["Content-Language"] == language
        assert f'<html lang="{language}">' in page
        assert f"<h1>{heading}</h1>" in page
        assert f"<title>{heading} – CUSTOMER LABS</title>" in page


@pytest.mark.parametrize("error", ERRORS)
def test_without_a_language_in_the_address_the_browsers_counts(visitor: Client, error: str) -> None:
    for language, heading in zip(("fr", "en"), HEADINGS[error], strict=True):
        # One that exists in each language would be led there.
        address = "/nothing-here/" if error == "404" else f"/{error}/"
        answer = visitor.get(address, headers={"Accept-Language": language})

        assert (answer.status_code, answer["Content-Language"]) == (int(error[:3]), language)
        assert heading in answer.content.decode()


@pytest.mark.parametrize("error", [error for error in ERRORS if error != "429"])
def test_no_cache_keeps_an_error(visitor: Client, error: str) -> None:
    assert "no-store" in visitor.get(f"/fr/{error}/")["Cache-Control"]


def test_a_name_that_is_not_ours_is_a_bad_request(visitor: Client) -> None:
    answer = visitor.get("/en/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert HEADINGS["400"][1] in answer.content.decode()


@pytest.mark.parametrize("error", ["400", "403", "404", "500", "503"])
def test_errors_need_no_context_processor(visitor: Client, settings: Settings, error: str) -> None:
    settings.TEMPLATES = [
        {
            **settings.TEMPLATES[0],
            "OPTIONS": {
                **settings.TEMPLATES[0]["OPTIONS"],
                "context_processors": ["tests.site.test_errors.break_down"],
            },
        }
    ]

    answer = visitor.get(f"/en/{error}/")

    assert answer.status_code == int(error)
    assert HEADINGS[error][1] in answer.content.decode()


def break_down(request: HttpRequest) -> dict[str, str]:
    raise RuntimeError("the context is what failed")


def test_when_the_error_page_breaks_as_well_a_plain_sentence_remains(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("customerlabs.pages.errors.site", break_down)

    with caplog.at_level(logging.ERROR):
        answer = visitor.get("/fr/500/")

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Quelque chose s’est mal passé de notre côté. Réessayez dans quelques minutes."
    assert "The page for status 500 broke as well" in caplog.text


@pytest.mark.parametrize("trouble", ["503", "connection-lost"])
def test_a_database_out_of_reach_is_a_matter_of_waiting(visitor: Client, trouble: str) -> None:
    answer = visitor.get(f"/fr/{trouble}/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert HEADINGS["503"][0] in answer.content.decode()


@pytest.mark.parametrize("trouble", ["500", "too-long"])
def test_a_mistake_of_ours_is_not_passed_off_as_an_outage(visitor: Client, trouble: str) -> None:
    answer = visitor.get(f"/fr/{trouble}/")

    assert answer.status_code == 500
    assert "Retry-After" not in answer


def test_too_many_requests_tell_how_long_to_wait(visitor: Client) -> None:
    assert "in 10 minutes" in visitor.get("/en/429/").content.decode().replace("\u00a0", " ")


def test_a_form_that_was_open_too_long_is_sent_by_one_more_click(visitor: Client) -> None:
    visitor.cookies["csrftoken"] = "a" * 32
    stale = post(message='Une longue histoire, avec <b> et "des guillemets".', csrfmiddlewaretoken="b" * 32)

    refused = visitor.post("/fr/contact/", stale, headers=OURS)

    assert refused.status_code == 403
    page = Elements(refused.content.decode())
    hidden = [found for found in page.all("input", type="hidden") if found["name"] not in ("next", "catalogue")]
    assert {found["name"]: found["value"] for found in hidden if found["name"] != "csrfmiddlewaretoken"} == {
        name: value for name, value in stale.items() if name != "csrfmiddlewaretoken"
    }
    sent = visitor.post("/fr/contact/", {found["name"]: found["value"] for found in hidden}, headers=OURS)
    assert sent.status_code == 302


def test_a_form_another_site_made_up_is_not_shown_on_ours(visitor: Client) -> None:
    answer = visitor.post("/fr/contact/", post(message="Not our words"), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "Not our words" not in answer.content.decode()


def test_a_password_is_never_written_into_a_page(visitor: Client) -> None:
    answer = visitor.post("/account/sign-in/", {"login": "a", "password": "correct horse"}, headers=OURS)

    assert answer.status_code == 403
    assert "correct horse" not in answer.content.decode()


def test_a_browser_that_refuses_cookies_is_told_which_one_is_needed(visitor: Client) -> None:
    page = visitor.post("/en/contact/", post(), headers=OURS).content.decode()

    assert "without the cookie" in page


def test_what_could_not_be_kept_during_an_outage_waits_behind_a_button(client: Client) -> None:
    client.raise_request_exception = False

    answer = client.post("/en/503/", {"message": "Still here"}, headers=OURS)

    page = Elements(answer.content.decode())
    assert (answer.status_code, page.all("input", name="message")[0]["value"]) == (503, "Still here")
    assert page.all("form", action="/en/503/")


def test_what_every_page_shows_needs_no_middleware() -> None:
    request = HttpRequest()
    request.path = request.path_info = "/en/legal-notice/"

    assert [language["url"] for language in site(request)["languages"]] == [
        "/fr/mentions-legales/",
        "/en/legal-notice/",
    ]
