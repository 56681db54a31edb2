"""Nobody learns from a form whether an address is known: the same answer, in the same statements, on each of them."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from privacy.rights.kinds import Right
from tests.consents.people import wrote
from tests.prospects.people import confirmed
from tests.rights.people import proved
from tests.security.robot import Robot
from tests.security.walks import PICKED, without_limits
from tests.site.pages import FORMS, address

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
KNOWN, UNKNOWN = "zoe.known@example.com", "eva.unknown@example.com"
VALUES = re.compile(r"VALUES.*|'[^']*'|\b\d+\b|_x\d+|s\d+_x\d+")


def statements(client: Client, name: str, typed: str, reference: str) -> tuple[list[str], int, str]:
    """What one post executes, without the values; and its answer."""
    chosen = {**PICKED, "email": typed, "deceased_email": typed, "executor_email": typed}
    if name == "rights-restriction":
        chosen["ground"] = "18(1)(a)"
    if name == "rights-new-link":
        chosen["reference"] = reference
    robot = Robot(client, words=lambda name: f"Quelques mots {name}", address=lambda name: typed, chosen=chosen)
    with CaptureQueriesContext(connection) as captured:
        robot.fill_in(address(name, "fr"))
    [(_, status)] = robot.statuses
    assert status == 302, robot.seen[-1]
    return [VALUES.sub("…", query["sql"]) for query in captured.captured_queries], status, robot.seen[-1][1]


@pytest.mark.parametrize("name", FORMS)
def test_a_known_address_is_answered_in_the_same_statements(client: Client, name: str, settings: Settings) -> None:
    without_limits(settings)
    request = proved(Right.QUESTION, email=KNOWN)
    wrote(KNOWN)
    confirmed(KNOWN)
    statements(client, name, "warm.up@example.com", request.reference)

    known = statements(client, name, KNOWN, request.reference)
    unknown = statements(client, name, UNKNOWN, request.reference)

    assert known == unknown
    assert len(known[0]) >= 3


def test_a_new_link_goes_to_nobody_but_whoever_made_the_request(client: Client, mailoutbox: list[Any]) -> None:
    request = proved(email=KNOWN)
    Letter.objects.all().delete()

    for typed in (KNOWN, UNKNOWN):
        statements(client, "rights-new-link", typed, request.reference)
    deliver_due()

    assert [sent.to for sent in mailoutbox] == [[KNOWN]]
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.SENT, Letter.State.DROPPED}
