"""A notice of an important change stands on every page for thirty days, without a tracker (P12.2)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from privacy.models import PolicyVersion
from privacy.periods import Period
from privacy.policy.notice import current_notice
from privacy.policy.rendering import NOTICE_LIFE
from tests.policy.versions import published
from tests.site.pages import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P12.2")]
WORDS = {"fr": "change de façon importante", "en": "changes in an important way"}


@pytest.mark.parametrize("address", PUBLIC)
def test_it_stands_on_every_page_and_leads_to_what_changed(client: Client, address: str) -> None:
    version = published(is_important=True)
    cache.clear()

    answer = client.get(address)

    page = answer.content.decode()
    language = address[1:3]
    assert WORDS[language] in page
    assert f"versions/{version.pk}/" in page
    assert "messages" not in answer.cookies


def test_it_stands_for_thirty_days_and_no_longer() -> None:
    assert Period(days=30) == NOTICE_LIFE
    version = published(is_important=True)
    end = NOTICE_LIFE.after(version.published_at)

    for moment, stands in ((end - timedelta(seconds=1), True), (end, False), (end + timedelta(seconds=1), False)):
        cache.clear()
        with time_machine.travel(moment, tick=False):
            assert (current_notice() is not None) == stands


def test_a_change_that_is_not_important_leaves_the_pages_alone(client: Client) -> None:
    published()
    cache.clear()

    assert WORDS["fr"] not in client.get("/fr/").content.decode()


def test_pages_ask_the_database_once_a_minute_at_most(client: Client, django_assert_num_queries: Any) -> None:
    published(is_important=True)
    cache.clear()
    client.get("/fr/")

    with django_assert_num_queries(0):
        client.get("/fr/")


def test_a_database_that_is_away_costs_no_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(type(PolicyVersion.objects.all()), "filter", away)

    assert client.get("/fr/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_publishing_shows_it_at_once(client: Client) -> None:
    assert WORDS["fr"] not in client.get("/fr/").content.decode()

    published(is_important=True)

    assert WORDS["fr"] in client.get("/fr/").content.decode()
    assert PolicyVersion.objects.get().published_at <= timezone.now()
