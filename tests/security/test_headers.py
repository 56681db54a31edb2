"""What every response says to the browser, pages, files, errors and the admin alike."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cookies.visitors import let_go
from tests.desk.desk import INBOX, member, request, signed_in
from tests.site.pages import ERRORS, PUBLIC

ELSEWHERE = ["/account/sign-in/", "/commitments.json", "/robots.txt", "/sitemap.xml", "/nowhere/"]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def refuses_all_but_ours(said: Any, settings: Settings) -> None:
    policy = dict(part.strip().split(" ", 1) for part in said["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in said["Content-Security-Policy"]
    assert "nonce" not in said["Content-Security-Policy"]  # A page that is cached may not hold a secret of one reader.
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] in {"same-origin", "strict-origin"}
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert said["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "camera=()" in said["Permissions-Policy"]
    assert said["Reporting-Endpoints"] == f'policy="{settings.SITE_URL}/policy-reports/"'


@pytest.mark.django_db
@pytest.mark.urls("tests.site.failing_addresses")
@pytest.mark.parametrize("address", [*PUBLIC, *ELSEWHERE, *(f"/fr/{error}/" for error in ERRORS)])
def test_every_response_allows_nothing_but_what_is_ours(visitor: Client, settings: Settings, address: str) -> None:
    refuses_all_but_ours(visitor.get(address).headers, settings)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (302, lambda client: client.get("/")),
        (301, lambda client: client.get("/fr/contact")),
        (302, lambda client: client.get("/favicon.ico")),
        (302, lambda client: client.get("/admin/")),
        (200, lambda client: client.head("/fr/")),
        (200, lambda client: client.get("/static/site.css")),
        (304, lambda client: client.get("/commitments.json", headers={"if-none-match": "*"})),
        (400, lambda client: client.get("/fr/", headers={"host": "evil.example"})),
        (403, lambda client: client.post("/language/")),
        (404, lambda client: client.get("/static/nothing.css")),
        (405, lambda client: client.put("/fr/contact/")),
        (410, lambda client: client.get("/fr/contact/confirmer/nothing/")),
        (413, lambda client: client.post("/fr/contact/", CONTENT_LENGTH=str(2**30))),
        (422, lambda client: client.post("/fr/contact/")),
        (204, lambda client: client.post("/policy-reports/", b"[]", content_type="application/reports+json")),
    ],
)
def test_every_kind_of_answer_says_it(visitor: Client, settings: Settings, status: int, ask: Any) -> None:
    answer = ask(visitor)
    let_go(answer)

    assert answer.status_code == status
    refuses_all_but_ours(answer.headers, settings)


@pytest.mark.django_db
def test_the_admin_says_it_on_pages_refusals_and_files(settings: Settings) -> None:
    request()
    staff, root = signed_in(member("Staff")), signed_in(member("", email="root@example.com", is_superuser=True))
    answers = {
        200: [
            staff.get(INBOX),
            root.get("/admin/record/json/"),
            root.post("/admin/contact/prospect/export/", {"reason": "a letter"}),
        ],
        403: [staff.get("/admin/privacy/consent/")],
        302: [root.get("/admin/privacy/consent/12345/change/")],
        404: [root.get("/admin/nothing/")],
    }

    for status, of_this in answers.items():
        for answer in of_this:
            assert answer.status_code == status
            assert "no-store" in answer["Cache-Control"]
            refuses_all_but_ours(answer.headers, settings)


@pytest.mark.django_db
def test_on_https_a_browser_comes_back_by_https_alone(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_SSL_REDIRECT = True
    visitor = Client(raise_request_exception=False)

    led = visitor.get("/fr/")
    assert led.status_code == 301
    refuses_all_but_ours(led.headers, settings)
    for here in ("/fr/", "/fr/contact/", "/admin/login/", "/nothing/", "/static/site.css"):
        answer = visitor.get(here, secure=True)
        let_go(answer)
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
