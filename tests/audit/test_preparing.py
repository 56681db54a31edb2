"""The pages on which the officer prepares and decides show a person's file: whoever opens one is in the trail."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from privacy.audit.models import AuditEntry
from privacy.rights.kinds import Right
from privacy.rights.models import RightsRequest
from tests.desk.desk import member, signed_in
from tests.directives.test_directives import heirs, leaves
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.1", "P7.2")]


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO", email="dpo@example.com"))


def lines() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.exclude(by=None).values_list("action", "table", "record_id").order_by("pk"))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("admin:privacy_rightsrequest_decide", lambda: proved(Right.ERASURE)),
        ("admin:rights-redactions", lambda: proved(Right.ACCESS)),
        ("admin:rights-corrections", lambda: proved(Right.RECTIFICATION)),
        ("admin:privacy_restriction_prepare", lambda: proved(Right.RESTRICTION)),
        ("admin:privacy_heirsmeasure_prepare", heirs),
    ],
)
def test_opening_it_leaves_a_line_about_the_request(
    officer: Client, name: str, make: Callable[[], RightsRequest]
) -> None:
    asked = make()

    assert officer.get(reverse(name, args=[asked.pk])).status_code == 200

    assert ("read", "privacy.rightsrequest", str(asked.pk)) in lines()


def test_opening_the_page_that_carries_a_directive_out_leaves_a_line_about_it(officer: Client) -> None:
    directive = leaves()

    assert officer.get(reverse("admin:privacy_directive_carry_out", args=[directive.pk])).status_code == 200

    assert ("read", "privacy.directive", str(directive.pk)) in lines()


def test_a_page_that_leads_elsewhere_shows_nothing_and_leaves_no_reading(officer: Client) -> None:
    assert officer.get(reverse("admin:privacy_rightsrequest_decide", args=[4711])).status_code == 302

    assert [line for line in lines() if line[0] == "read"] == []
