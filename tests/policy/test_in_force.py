"""The policy's page says which version is in force, and asks the database at most once a second."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from privacy.policy.models import PARIS
from tests.policy.versions import published

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 4, 12, tzinfo=PARIS)


def page() -> str:
    return Client().get("/en/privacy/").content.decode().replace("\xa0", " ")


def test_a_page_that_is_asked_for_again_asks_the_database_nothing() -> None:
    with time_machine.travel(NOON, tick=False):
        first = page()
        with CaptureQueriesContext(connection) as captured:
            again = page()

    assert "No version has been published" in first
    assert again == first
    assert not captured.captured_queries


@pytest.mark.promise("P12.1")
def test_what_this_process_publishes_shows_as_soon_as_it_is_committed(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with time_machine.travel(NOON, tick=False):
        page()
        with django_capture_on_commit_callbacks(execute=True):
            published()

        assert "The version in force is the one of March 4, 2027." in page()


@pytest.mark.promise("P12.1")
def test_what_another_process_published_shows_a_second_later() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        page()
        published()  # Not committed as far as this process knows.
        clock.shift(timedelta(seconds=1.1))

        assert "The version in force is the one of March 4, 2027." in page()


@pytest.mark.promise("P12.1")
def test_a_version_to_come_is_in_force_from_midnight_in_paris(django_capture_on_commit_callbacks: Any) -> None:
    with time_machine.travel(datetime(2027, 3, 4, 23, 59, 59, 900_000, tzinfo=PARIS), tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            published(effective_from=date(2027, 3, 5))
        before = page()
        clock.shift(timedelta(seconds=0.2))

        assert "March 5, 2027" not in before
        assert "The version in force is the one of March 5, 2027." in page()
