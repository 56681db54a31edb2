"""Every page in every state of a choice, in both languages, with and without JavaScript, in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker, Settings

from cookies.catalogue import AUDIENCE
from cookies.models import AudienceCount, ChoiceEvent, RefusalCount
from customerlabs import settings as written
from tests.site.conftest import running
from tests.site.pages import DISTINCT, address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_audience", "_no_limits"),
]

WORDS = {
    "fr": {
        "all": "Tout accepter",
        "none": "Tout refuser",
        "choose": "Choisir",
        "these": "Enregistrer",
        "manage": "Gérer mes cookies",
        "withdraw": "Retirer mon accord",
        "close": "Fermer",
    },
    "en": {
        "all": "Accept all",
        "none": "Refuse all",
        "choose": "Choose",
        "these": "Save my choice",
        "manage": "Manage my cookies",
        "withdraw": "Withdraw my agreement",
        "close": "Close",
    },
}
STORED = "[localStorage.length, sessionStorage.length]"
COUNTED = "() => performance.getEntriesByType('resource').some(one => one.name.endsWith('/audience/'))"
ASKING = [name for name in DISTINCT if name != "cookies:manage"]
"""The page that manages cookies asks by itself."""


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """With a content policy that allows no inline script and no inline style."""
    gate, *others = written.MIDDLEWARE
    with override_settings(MIDDLEWARE=[gate, "tests.cookies.site.StrictPolicy", *others]):
        yield from running(django_db_blocker)


@pytest.fixture
def _no_limits(settings: Settings) -> None:
    settings.COOKIE_LIMIT_CLIENT = settings.COOKIE_LIMIT_SITE = 1000


@dataclass
class Visitor:
    """One browser of one visitor, and what it complained of."""

    page: Page
    site: str
    language: str
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def banner(self) -> Any:
        return self.page.locator("#cookies")

    def word(self, key: str) -> str:
        return WORDS[self.language][key]

    def open(self, name: str) -> None:
        self.page.goto(self.site + address(name, self.language), wait_until="domcontentloaded")

    def answer(self, key: str) -> None:
        """Press a button of the banner."""
        self.banner.get_by_role("button", name=self.word(key)).click()
        expect(self.banner).to_have_count(0)
        self.wait_until_counted()

    def begin(self, name: str) -> None:
        """Somebody who has never been here."""
        self.context.clear_cookies()
        self.open(name)

    def cookies(self) -> set[str]:
        """Without the one that protects a form."""
        return {str(cookie.get("name")) for cookie in self.context.cookies()} - {"csrftoken"}

    @property
    def pages(self) -> list[str]:
        """Half of them with JavaScript, in French; the other half without, in English. A test of each page has both."""
        return DISTINCT[self.scripts :: 2]

    def tour(self) -> "Seen":
        """What is seen on a walk over these pages."""
        seen = Seen()
        for name in self.pages:
            self.open(name)
            seen.cookies |= self.cookies()
            seen.stored |= set(self.page.evaluate(STORED)) - {0} if self.scripts else set()
            seen.banners |= {name} if self.banner.count() else set()
            seen.counted |= {name} if self.wait_until_counted() else set()
        return seen

    def wait_until_counted(self) -> bool:
        """Whether this visit counts; the answer to a count may bring its cookie after the next page has come."""
        counts = self.page.locator("script[src*=audience]").count() > 0
        if counts and self.scripts:
            self.page.wait_for_function(COUNTED)
        return counts


@dataclass
class Seen:
    cookies: set[str] = field(default_factory=set)
    stored: set[Any] = field(default_factory=set)
    banners: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)


NOTHING = Seen()
REFUSED = Seen(cookies={"eu-consent"})


def arrive(browser: Browser, site: str, language: str, *, scripts: bool = True, **options: Any) -> Visitor:
    context = browser.new_context(java_script_enabled=scripts, reduced_motion="reduce", **options)
    visitor = Visitor(context.new_page(), site, language, scripts)
    kinds = {"error", "warning"}
    visitor.page.on("console", lambda said: visitor.complaints.append(said.text) if said.type in kinds else None)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor


@pytest.fixture(params=[("fr", True), ("en", False)], ids=str)
def visitor(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    language, scripts = request.param
    visitor = arrive(browser, site, language, scripts=scripts)
    yield visitor
    visitor.context.close()


@pytest.mark.promise("P4.1", "P8.3", "P11.1", "P11.3", "P11.4", "P11.5", "P11.9")
def test_each_state_shows_on_every_page_and_leaves_only_what_it_may(
    visitor: Visitor, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = {"eu-consent", "audience"} if visitor.scripts else {"eu-consent"}  # Without scripts nobody is counted.
    counted = Seen(cookies=agreement, counted=set(visitor.pages))
    asking = set(visitor.pages) & set(ASKING)
    asked_again = Seen(cookies={"eu-consent"}, banners=asking)
    seen: dict[str, Seen] = {"before": visitor.tour()}

    visitor.begin("contact:form")
    visitor.answer("none")
    seen["refused"] = visitor.tour()

    visitor.begin("policy")
    visitor.banner.locator("summary").click()
    visitor.answer("these")
    seen["chose nothing"] = visitor.tour()

    visitor.begin("home")
    visitor.banner.locator("summary").click()
    visitor.banner.get_by_role("checkbox").check()
    visitor.answer("these")
    seen["chose"] = visitor.tour()

    visitor.open("cookies:manage")
    visitor.page.get_by_role("button", name=visitor.word("withdraw")).click()
    expect(visitor.page.get_by_role("button", name=visitor.word("withdraw"))).to_have_count(0)
    seen["withdrew"] = visitor.tour()

    visitor.begin("contact:thanks")
    visitor.answer("all")
    seen["agreed"] = visitor.tour()

    with monkeypatch.context() as changed:
        changed.setitem(AUDIENCE.__dict__, "revision", 2)
        seen["asked anew"] = visitor.tour()
    agreed = {name: value for name, value in visitor.context.cookies()[0].items() if name != "expires"}

    with time_machine.travel(datetime.now(UTC) + timedelta(days=184), tick=True):
        seen["after 182 days"] = visitor.tour()

    signalling = arrive(
        browser, visitor.site, visitor.language, scripts=visitor.scripts, extra_http_headers={"Sec-GPC": "1"}
    )
    seen["signal"] = signalling.tour()
    signalling.context.close()

    assert agreed
    assert seen == {
        "before": Seen(banners=asking),
        "refused": REFUSED,
        "chose nothing": REFUSED,
        "chose": counted,
        "withdrew": REFUSED,
        "agreed": counted,
        "asked anew": asked_again,
        "after 182 days": asked_again,
        "signal": NOTHING,
    }
    assert visitor.complaints + signalling.complaints == []
    assert list(ChoiceEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "accepted",
        "withdrawn",
        "accepted",
    ]
    assert sum(RefusalCount.objects.values_list("count", flat=True)) == 2


@pytest.mark.promise("P8.3")
def test_the_choice_ends_in_the_browser_after_182_days_too(visitor: Visitor) -> None:
    lives = {}
    for key in ("all", "none"):
        visitor.begin("home")
        visitor.answer(key)
        [cookie] = [found for found in visitor.context.cookies() if found.get("name") == "eu-consent"]
        lives[key] = round((cookie["expires"] - datetime.now(UTC).timestamp()) / 86_400, 2)
        assert (cookie["sameSite"], cookie["path"]) == ("Lax", "/")

    assert lives == {"all": 182, "none": 182}


def test_the_count_of_a_visit_reaches_the_database_and_only_after_an_agreement(browser: Browser, site: str) -> None:
    visitor = arrive(browser, site, "fr")
    visitor.open("home")
    before = AudienceCount.objects.count()

    with visitor.page.expect_response("**/audience/") as counted:
        visitor.answer("all")  # What the agreement brings is run at once, without a reload.
    answer = counted.value
    with visitor.page.expect_response("**/audience/"):
        visitor.open("contact:form")

    assert before == 0
    assert answer.status == 204
    rows = AudienceCount.objects.order_by("page").values_list("page", "language", "referrer", "views", "visits")
    assert list(rows) == [("/fr/", "fr", "", 1, 1), ("/fr/contact/", "fr", "", 1, 0)]
    assert visitor.complaints == []
    visitor.context.close()
