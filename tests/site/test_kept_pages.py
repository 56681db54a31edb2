"""Pages that are the same for many are written once, and are never another's or yesterday's."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from cookies.choice import COOKIE, answered
from customerlabs.pages.compression import deflated, gzipped
from privacy import pages
from privacy.periods import Period
from privacy.policy.notice import look_again
from privacy.submission import read_number
from tests.policy.versions import published

pytestmark = pytest.mark.django_db
PUBLIC = ["/fr/", "/en/", "/fr/contact/", "/en/privacy/"]


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    pages._kept.clear()
    look_again()
    yield
    look_again()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that pages were written from."""
    names: list[str] = []
    render = render_to_string

    def noted(template: str, *rest: Any) -> Any:
        names.append(template)
        return render(template, *rest)

    monkeypatch.setattr(pages, "render_to_string", noted)
    return names


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_is_written_once_and_stays_the_same(path: str, written: list[str]) -> None:
    answers = [Client().get(path) for _ in range(3)]

    assert len(written) == 1
    assert answers[0].headers["Vary"] == answers[1].headers["Vary"]
    if "contact" not in path:
        assert answers[0].content == answers[1].content == answers[2].content


@pytest.mark.promise("P11.1", "P11.4")
@pytest.mark.parametrize("path", PUBLIC)
def test_the_banner_stands_for_who_has_not_chosen_and_for_nobody_else(path: str) -> None:
    chosen = answered(frozenset(), despite_signal=False).written()

    for _ in range(2):
        assert b'id="cookies"' in Client().get(path).content
        assert b'id="cookies"' not in Client(headers={"Sec-GPC": "1"}).get(path).content
        one = Client()
        one.cookies[COOKIE] = chosen
        assert b'id="cookies"' not in one.get(path).content


@pytest.mark.promise("P11.5")
def test_what_needs_an_agreement_is_in_the_page_of_who_gave_it(settings: Any) -> None:
    settings.AUDIENCE = True
    one = Client()
    one.cookies[COOKIE] = answered(frozenset({"audience"}), despite_signal=False).written()

    for _ in range(2):
        assert b"audience" in one.get("/fr/").content
        assert b"data-to" not in Client().get("/fr/").content


@pytest.mark.promise("P12.2")
def test_a_notice_shows_on_pages_that_are_kept() -> None:
    before = Client().get("/fr/").content
    published(is_important=True, changes_fr="Tout change.")
    look_again()  # As a commit does.

    assert b"announcement" not in before
    assert b"announcement" in Client().get("/fr/").content


def test_a_changed_setting_changes_a_page_that_was_kept(settings: Any) -> None:
    def page() -> str:
        return Client().get("/en/").content.decode().replace("\xa0", " ")

    before = page()
    settings.CONTACT_RETENTION = Period(days=77)

    assert "77 days" not in before
    assert "77 days" in page()


def test_an_address_with_a_query_is_not_kept(written: list[str]) -> None:
    for _ in range(2):
        assert b'value="/fr/?x=1"' in Client().get("/fr/?x=1").content

    assert len(written) == 2
    assert not pages._kept


def test_each_form_has_a_number_and_a_token_of_its_own() -> None:
    def value(page: str, name: str) -> str:
        return page.partition(f'name="{name}" value="')[2].partition('"')[0]

    shown = [Client().get("/fr/contact/").content.decode() for _ in range(3)]

    assert len({value(page, "csrfmiddlewaretoken") for page in shown}) == 3
    numbers = [read_number(value(page, "number")) for page in shown]
    assert len({number.key for number in numbers if number}) == 3


@pytest.mark.parametrize("path", PUBLIC)
def test_a_kept_page_is_compressed_once_and_says_the_same(path: str) -> None:
    deflated.cache_clear()
    answers = [Client().get(path, headers={"Accept-Encoding": "gzip"}) for _ in range(3)]
    plain = Client().get(path)

    assert deflated.cache_info().misses == (3 if "contact" in path else 1)
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.headers["Vary"] == plain.headers["Vary"]
        whole = gzip.decompress(answer.content)
        assert whole.endswith(b"</html>\n")
        assert len(whole) == len(plain.content)
        if "contact" not in path:
            assert whole == plain.content


def test_the_length_of_a_compressed_form_tells_nothing_of_what_is_secret_in_it() -> None:
    answers = [Client().get("/fr/contact/", headers={"Accept-Encoding": "gzip"}) for _ in range(20)]

    assert len({answer.content for answer in answers}) == 20
    assert len({answer.headers["Content-Length"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "pieces", [[b""], [b"a" * 99], [b"", b"b", b""], [b"a" * 99, b"b" * 65_535, b"a" * 99, b"", b"c"]]
)
def test_what_is_put_together_from_compressed_pieces_is_read_as_one(pieces: list[bytes]) -> None:
    assert gzip.decompress(gzipped(pieces)) == b"".join(pieces)


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 2)

    for path in PUBLIC:
        Client().get(path)

    assert len(pages._kept) <= 2
