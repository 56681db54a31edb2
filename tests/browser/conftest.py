"""A real browser on a real site: `manage.py serve`, with mail to a real server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.post_office import PostOffice
from tests.serving.running import Site

CLOCK = Path(__file__).resolve().parent.parent / "clock"


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with PostOffice().serving() as office:
        yield office


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    folder.chmod(0o711)
    site = Site(folder / "var")
    try:
        start(site, office)
        yield site
    finally:
        site.clear_away()


def start(site: Site, office: PostOffice, *, later: float = 0) -> None:
    """Start the site, as if it were so many seconds later."""
    site.start(
        EMAIL_URL=office.url,
        LETTERS_SWEEP_SECONDS="1",
        CONTACT_LIMIT_CLIENT="1000,1000",
        CONTACT_LIMIT_SITE="10000,10000",
        PYTHONPATH=str(CLOCK),
        TRAVEL_BY=str(later),
    )


@dataclass
class Watched:
    """What went on behind a page."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture(params=[True])
def page(browser: Browser, site: Site, watched: Watched, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A French visitor's page. Parametrise it with False for a browser without JavaScript."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{site.port}", locale="fr-FR", java_script_enabled=request.param
    )
    page = context.new_page()
    page.on("request", lambda asked: watched.hosts.add(urlsplit(asked.url).netloc))
    page.on("console", lambda said: watched.complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield page
    context.close()
