"""What every response says to the browser, pages, files, errors and the admin alike."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.site.pages import ERRORS, PUBLIC

ELSEWHERE = ["/account/sign-in/", "/commitments.json", "/robots.txt", "/sitemap.xml", "/nowhere/"]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.urls("tests.site.failing_addresses")
@pytest.mark.parametrize("address", [*PUBLIC, *ELSEWHERE, *(f"/fr/{error}/" for error in ERRORS)])
def test_every_response_allows_nothing_but_what_is_ours(visitor: Client, settings: Settings, address: str) -> None:
    said = visitor.get(address).headers

    policy = dict(part.strip().split(" ", 1) for part in said["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in said["Content-Security-Policy"]
    assert "nonce" not in said["Content-Security-Policy"]  # A page that is cached may not hold a secret of one reader.
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] == "same-origin"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert said["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "camera=()" in said["Permissions-Policy"]
    assert said["Reporting-Endpoints"] == f'policy="{settings.SITE_URL}/policy-reports/"'


@pytest.mark.django_db
def test_files_say_it_too(visitor: Client) -> None:
    answer = visitor.get("/static/site.css")
    answer.close()
    said = answer.headers

    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in said["Content-Security-Policy"]
