"""What a browser reports is counted, and holds neither a token nor a query nor whoever sent it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customerlabs.security.reports.models import PolicyReport
from customerlabs.security.reports.reading import LONGEST_BODY
from customerlabs.security.reports.views import BY_CLIENT
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun

pytestmark = pytest.mark.django_db

OLD = {
    "csp-report": {
        "document-uri": "https://site.example/fr/ma-demande/ouvrir/a-token-nobody-may-see/?name=Zoe",
        "effective-directive": "script-src-elem",
        "violated-directive": "script-src 'self'",
        "blocked-uri": "https://user:secret@evil.example:8443/steal.js?who=zoe@example.com#x",
        "source-file": "https://site.example/static/cookies.js?v=1",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "age": 2,
        "user_agent": "Firefox",
        "body": {
            "documentURL": "https://site.example/fr/contact/",
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "sourceFile": "",
        },
    },
    {"type": "deprecation", "body": {}},
]


def send(body: Any) -> int:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client().post("/policy-reports/", text, content_type="application/csp-report").status_code


def kept() -> list[tuple[Any, ...]]:
    return list(PolicyReport.objects.values_list("directive", "page", "blocked", "source", "times"))


def test_a_report_of_the_older_form_is_counted_without_token_query_or_name() -> None:
    assert send(OLD) == send(OLD) == 204

    assert kept() == [
        ("script-src-elem", "rights-enter", "https://evil.example", "https://site.example/static/cookies.js", 2)
    ]


def test_a_report_of_the_newer_form_is_counted() -> None:
    assert send(NEW) == 204

    assert kept() == [("style-src-attr", "contact:form", "inline", "", 1)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '{"csp-report": 3}',
        '{"csp-report": {}}',
        "[" * 5000,
        b"\xff\xfe",
        "x" * LONGEST_BODY,
    ],
)
def test_what_is_no_report_is_answered_alike_and_not_kept(body: Any) -> None:
    assert send(body) == 204

    assert kept() == []


def test_a_body_that_is_too_long_is_not_read() -> None:
    assert send([*NEW, {"type": "x", "body": "y" * LONGEST_BODY}]) == 204

    assert kept() == []


def test_whoever_sends_too_many_is_heard_no_more() -> None:
    for _ in range(BY_CLIENT.most + 5):
        send(NEW)

    assert kept()[0][-1] == BY_CLIENT.most


def test_it_is_not_read_by_get() -> None:
    assert Client().get("/policy-reports/").status_code == 405


@pytest.mark.promise("P8.0")
def test_they_are_gone_after_their_time() -> None:
    send(NEW)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        enforce_retention(RetentionRun.Trigger.COMMAND)

    assert kept() == []


class AnyReport(TestCase):
    @settings(max_examples=60)
    @given(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)),
        st.sampled_from(["documentURL", "blockedURL", "sourceFile", "effectiveDirective"]),
    )
    def test_anything_in_any_place_is_answered(self, value: Any, place: str) -> None:
        body = {"documentURL": "/fr/", "effectiveDirective": "img-src", "blockedURL": "data", place: value}

        assert send([{"type": "csp-violation", "body": body}]) == 204
