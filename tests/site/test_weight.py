"""What a page costs its reader: bytes over the wire, requests, movement, scripts."""

import gzip
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser

from tests.site.pages import LANGUAGES, LISTED, Elements, address

pytestmark = pytest.mark.browser

PAGES = [address(name, language) for name in LISTED for language in LANGUAGES]
HEAVIEST = 40_000
HEAVIEST_SCRIPTS = 6_000
MOST_REQUESTS = 4


@dataclass
class Answer:
    head: str
    body: bytes

    @property
    def weight(self) -> int:
        return len(self.head) + 4 + len(self.body)

    @property
    def text(self) -> str:
        return (gzip.decompress(self.body) if "content-encoding: gzip" in self.head.lower() else self.body).decode()


def fetch(site: str, path: str) -> Answer:
    """One answer as it crosses the wire."""
    parts = urlsplit(site)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as wire:
        wire.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip, deflate\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(head.decode("latin-1"), body)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_weighs_little_with_all_it_needs(site: str, page: str) -> None:
    answer = fetch(site, page)
    elements = Elements(answer.text)
    scripts = [found["src"] for found in elements.all("script") if "src" in found]
    needed = [found["href"] for rel in ("stylesheet", "icon") for found in elements.all("link", rel=rel)]
    needed += scripts + [found["src"] for found in elements.all("img")]

    weights = {path: fetch(site, path).weight for path in needed}

    assert answer.weight + sum(weights.values()) <= HEAVIEST
    assert sum(weights[path] for path in scripts) <= HEAVIEST_SCRIPTS
    assert 1 + len(needed) <= MOST_REQUESTS
    assert all(path.startswith("/static/") for path in needed)


@pytest.mark.promise("P4.1")
@pytest.mark.parametrize(("page", "width"), [(page, 360 if page.startswith("/fr/") else 1280) for page in PAGES])
def test_a_page_asks_nobody_else_and_never_moves(site: str, browser: Browser, page: str, width: int) -> None:
    requests: list[str] = []
    visit = browser.new_page(viewport={"width": width, "height": 740})
    visit.on("request", lambda request: requests.append(request.url))

    visit.goto(site + page, wait_until="load")
    moved = visit.evaluate(
        """() => new Promise(tell => {
            let sum = 0;
            new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
                .observe({type: "layout-shift", buffered: true});
            setTimeout(() => tell(sum), 200);
        })"""
    )
    visit.close()

    assert moved == 0
    assert len(requests) <= MOST_REQUESTS
    assert {url for url in requests if not url.startswith(site)} == set()


def test_pages_are_compressed_for_visitors(site: str) -> None:
    assert "content-encoding: gzip" in fetch(site, "/fr/").head.lower()


def test_the_style_sheet_is_compressed_and_kept_for_ever(site: str) -> None:
    sheet = Elements(fetch(site, "/fr/").text).all("link", rel="stylesheet")[0]["href"]

    head = fetch(site, sheet).head.lower()

    assert "content-encoding: gzip" in head
    assert "immutable" in head


@pytest.mark.django_db
def test_staff_get_pages_whose_length_tells_nothing(client: Client) -> None:
    """BREACH guesses secrets from the length of compressed pages, and needs a victim's session to read them."""
    client.cookies["sessionid"] = "a" * 32

    answer = client.get("/fr/", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer
