"""Every link of every public page: where it leads, and how it says that it leaves."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from tests.site.pages import ERRORS, PUBLIC, Elements

FAILING = [f"/{language}/{error}/" for language in ("fr", "en") for error in ERRORS]


def outgoing(address: str, text: str = "CNIL") -> str:
    return Template("{% load links %}{% outgoing address text %}").render(Context({"address": address, "text": text}))


def every_page(visitor: Client) -> Iterator[tuple[str, Elements]]:
    """Each page one can walk to, and each error page."""
    ahead, seen = [*PUBLIC, *FAILING], set()
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        answer = visitor.get(here)
        assert here in FAILING or answer.status_code == 200, here
        page = Elements(answer.content.decode())
        yield here, page
        ahead += [urlsplit(link).path for link in page.links() if link.startswith("/")]


@pytest.mark.django_db
@pytest.mark.promise("P9.1")
@pytest.mark.usefixtures("_failing_addresses")
def test_a_walk_over_the_site_finds_no_dead_link_and_no_unmarked_way_out(visitor: Client, settings: Settings) -> None:
    ways_out = 0

    for here, page in every_page(visitor):
        for link in page.all("a"):
            parts = urlsplit(link["href"])
            if parts.scheme in ("", "mailto", "tel") and not parts.netloc:
                continue
            ways_out += 1
            assert parts.scheme == "https", (here, link)
            assert (link.get("class"), link.get("rel")) == ("outgoing", "noopener noreferrer"), (here, link)

    assert ways_out


@pytest.mark.django_db
@pytest.mark.promise("P1.2")
@pytest.mark.usefixtures("_failing_addresses")
@pytest.mark.parametrize("address", [*PUBLIC, *FAILING])
def test_every_page_leads_to_the_form_the_legal_notice_and_the_officer(
    visitor: Client, settings: Settings, address: str
) -> None:
    links = Elements(visitor.get(address).content.decode()).links()

    expected = {
        "fr": {"/fr/contact/", "/fr/mentions-legales/"},
        "en": {"/en/contact/", "/en/legal-notice/"},
    }[address.split("/")[1]]
    assert expected | {f"mailto:{settings.CONTROLLER.dpo_email}"} <= set(links)


@pytest.mark.promise("P9.1")
@pytest.mark.parametrize(("language", "words"), [("fr", "(autre site)"), ("en", "(another site)")])
def test_an_outgoing_link_says_so_in_the_readers_language(language: str, words: str) -> None:
    with translation.override(language):
        link = outgoing("https://www.cnil.fr/?a=1&b=2", "CNIL <b>")

    assert link == (
        '<a class="outgoing" href="https://www.cnil.fr/?a=1&amp;b=2" rel="noopener noreferrer">'
        f'CNIL &lt;b&gt;<span class="unseen"> {words}</span></a>'
    )


@pytest.mark.promise("P9.1")
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "http://www.cnil.fr/",
        "data:text/html,x",
        "//cnil.fr/",
        "/fr/",
        "",
        "https:",
    ],
)
def test_only_https_addresses_become_outgoing_links(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        outgoing(address)
