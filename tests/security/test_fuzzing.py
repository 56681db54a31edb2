"""Whatever is sent to a public form or a link: an answer, and never an error of ours."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from privacy.consents.links import WITHDRAW
from privacy.links import signed
from privacy.rights.models import RightsRequest
from tests.rights.pages import at, following
from tests.rights.people import proved
from tests.security.robot import Forms
from tests.security.walks import without_limits
from tests.site.pages import FORMS, address

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
bounded = settings(max_examples=8)
TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="\x00\r\n\t\u202e\ud7ff\uffff\U0010ffff'\"<>{}%;&=,@./\\-+", max_size=40),
    st.integers().map(str),
    st.sampled_from(["1" * 5000, "\u0130" * 300, "é" * 6000, "nan", "1e400", "-0", "٣", "a@b", "\x00@example.com"]),
)
WORDS = ("17(1)(f)", "18(1)(a)", "communicate", "close", "on", "zoe@example.com", "Zoé", "01 23 45 67 89", "fr", "/fr/")
"""Some of what is right, so that chance gets past a form's first check."""
BROKEN_PART = b'--x\r\nContent-Disposition: form-data; name="papers-recto"; filename="\x00"\r\n\r\n\xff\r\n--x--'
PARAMETER = re.compile(r"<[^>]+>")


@pytest.fixture
def visitor(settings: Settings) -> Client:
    without_limits(settings)
    return Client(raise_request_exception=False)


def routes(resolver: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the site but the admin's, with its parameters as they are declared."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = before + str(pattern.pattern).lstrip("^")
        if here.startswith("/admin"):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here)
        elif isinstance(pattern, URLPattern):
            yield here


with translation.override("fr"):
    ROUTES = list(routes())


def failed(answers: list[tuple[str, Any]]) -> list[str]:
    return [f"{answer.status_code} {what}" for what, answer in answers if answer.status_code >= 500]


def test_the_walk_knows_the_links_of_mails() -> None:
    assert len(ROUTES) > 45
    assert sum("<str:token>" in route for route in ROUTES) >= 10


@bounded
@given(typed=TEXT, query=TEXT, accepted=st.text(alphabet=st.characters(max_codepoint=255, min_codepoint=32)))
@example(typed="\x00", query="q=%00&page=%ff&lang=\x00", accepted="fr;q=nan")
@example(typed="..", query="a" * 9000, accepted="*")
@example(typed="9" * 30, query="from=99999999999999999999&to=-1&page=0", accepted="")
def test_any_address_gets_an_answer(visitor: Client, typed: str, query: str, accepted: str) -> None:
    answers: list[tuple[str, Any]] = []
    for route in ROUTES:
        here = PARAMETER.sub(lambda found: quote(typed, safe=""), route)
        method = ("get", "post", "head", "put", "options")[len(answers) % 5]
        for call in {"get", method} if "<" in route else {method}:
            sent = getattr(visitor, call)(
                here, headers={"accept-language": accepted}, QUERY_STRING=quote(query, safe="=&%")
            )
            answers.append((f"{call} {here}", sent))

    assert failed(answers) == []


@bounded
@given(data=st.data())
def test_any_form_filled_with_anything_gets_an_answer(visitor: Client, data: st.DataObject) -> None:
    answers = []
    for name in [*FORMS, "cookies:manage"]:
        page = address(name, "fr")
        for form in Forms(visitor.get(page).content.decode()).found:
            # One draw a form, dealt out to its fields: a draw for each field would take longer than the pages do.
            drawn = data.draw(st.lists(st.one_of(TEXT, st.sampled_from(WORDS)), min_size=3, max_size=6))
            offered = [value for about in form.fields.values() for value in about["offered"]]
            dealt = [*drawn, *offered[:4]]
            typed = {field: dealt[at * 7 % len(dealt)] for at, field in enumerate(form.fields)}
            answers.append((f"{name} {typed}", visitor.post(form.action or page, typed)))

    assert failed(answers) == []


PAGES = (
    *("/policy-reports/", "/language/", "/audience/", "/fr/contact/", "/fr/vos-droits/acces/"),
    *("/account/sign-in/", "/account/forgotten/", "/account/passkeys/sign-in/"),
)


@bounded
@given(body=st.binary(max_size=300), said=TEXT.filter(lambda text: text.isascii() and text.isprintable()))
@example(body=BROKEN_PART, said="x")
@example(body=b"[{}]", said="")
@example(body=b"[" * 5000, said="")
@example(body=b'{"csp-report": {"document-uri": 1, "effective-directive": [], "blocked-uri": "http://["}}', said="")
@example(
    body=b'[{"type": "csp-violation", "body": {"documentURL": "\\u0000", "effectiveDirective": "\\ud800"}}]', said=""
)
@example(body=b"email=%ff%fe&email=%00&=&&%", said="")
def test_any_body_of_any_kind_gets_an_answer(visitor: Client, body: bytes, said: str) -> None:
    kinds = (
        "application/x-www-form-urlencoded",
        f"multipart/form-data; boundary={said}",
        "application/csp-report",
        "application/reports+json",
        f"text/plain; charset={said}",
    )
    answers = [
        (f"{page} {kind}", visitor.generic("POST", page, body, content_type=kind)) for page in PAGES for kind in kinds
    ]

    assert failed(answers) == []


@bounded
@given(typed=TEXT)
@example(typed="\x00")
def test_the_page_of_a_request_and_its_forms_take_anything(visitor: Client, typed: str) -> None:
    request: RightsRequest = proved()
    following(visitor, request)
    answers = [
        (f"{name} {typed}", visitor.post(at(name), {"message": typed, "papers-recto": typed, "seen": typed}))
        for name in ("rights-request", "rights-papers", "rights-take-back")
    ]
    answers.append(
        ("withdraw", visitor.post(at("withdraw-consent", signed.sign(WITHDRAW, 10**30)), {"consents": typed}))
    )

    assert failed(answers) == []
