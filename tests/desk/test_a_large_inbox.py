"""The inbox with a hundred thousand requests: each page is found by index, in few queries."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from contact.desk.queues import QUEUES
from contact.desk.upkeep import close_inactive_requests
from contact.models import ContactRequest, ThreadEntry
from tests.desk.desk import INBOX, listed, member, request, signed_in

NUMBER = 100_000
MOST_QUERIES = 15  # Two write down what was looked at, one asks what the law holds back.

REQUESTS = """
INSERT INTO contact_contactrequest (
    kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, status,
    received_at, last_activity_at, read_at, closed_at, spam_at, is_anonymised
)
SELECT
    (ARRAY['contact', 'question', 'complaint'])[1 + n %% 3],
    (ARRAY['Zoé', 'Ana', 'Léo', '李明', 'Фёдор'])[1 + n %% 5],
    'Nom' || md5((n / 7)::text)::varchar(6),
    'p' || n || '@example.com',
    '',
    'Bonjour, reference ' || md5(n::text),
    (ARRAY['fr', 'en'])[1 + n %% 2],
    false,
    'k:' || md5(n::text),
    status,
    now() - n * interval '5 minutes',
    now() - n * interval '5 minutes',
    CASE WHEN n %% 3 > 0 THEN now() END,
    CASE WHEN status = 'closed' THEN now() END,
    CASE WHEN status = 'spam' THEN now() END,
    false
FROM (
    SELECT n, (ARRAY['closed', 'closed', 'closed', 'closed', 'closed', 'answered', 'answered', 'new', 'new', 'spam'])
        [1 + abs(hashtext('s' || n)) %% 10] AS status
    FROM generate_series(1, %s) n
) AS numbers
"""


@pytest.fixture(scope="module")
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_words'::regclass)")
        (words,) = cursor.fetchone()
        cursor.execute("DROP INDEX contactrequest_words")  # Built at once, it takes a tenth of the time.
        cursor.execute(REQUESTS, [NUMBER])
        cursor.execute(words)
        cursor.execute("VACUUM ANALYZE contact_contactrequest")
        yield
        cursor.execute("TRUNCATE contact_contactrequest, contact_threadentry")
        cursor.execute("ANALYZE contact_contactrequest")


@pytest.fixture
def client(_many: None, db: None) -> Client:
    return signed_in(member())


def plans(captured: CaptureQueriesContext) -> list[str]:
    """How PostgreSQL finds the rows of each query about requests."""
    found = []
    for query in list(captured.captured_queries):
        if re.match(r"\(*SELECT", query["sql"]) and "contact_contactrequest" in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


def assert_found_by_index(captured: CaptureQueriesContext) -> None:
    shown = plans(captured)
    assert shown
    assert not [plan for plan in shown if "Seq Scan on contact_contactrequest" in plan]


@pytest.mark.parametrize("name", [queue.name for queue in QUEUES])
def test_each_view_is_found_by_index(client: Client, name: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        client.get(INBOX, {"view": name})

    assert_found_by_index(captured)


@pytest.mark.parametrize(
    "query",
    [
        {"kind__exact": "complaint", "language__exact": "en"},
        {"assignee": "nobody", "view": "all"},
        {"p": "40", "view": "all"},
        {"o": "7", "view": "closed"},
    ],
)
def test_filters_pages_and_orders_are_found_by_index(client: Client, query: dict[str, str]) -> None:
    with CaptureQueriesContext(connection) as captured:
        client.get(INBOX, query)

    assert_found_by_index(captured)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("p777@", 1),
        ("28dd2c7955ce926456240b2ff0100bde", 1),
        ("no such word", 0),
        ("zq", 0),
        ("bonjour", 50),
        ("zoe bonjour", 50),
        ("zo", 50),
        ("Фёдор", 50),
        ("李", 50),
        ("p777@example.com", 0),
    ],
)
def test_each_search_is_found_by_index(client: Client, words: str, rows: int) -> None:
    with CaptureQueriesContext(connection) as captured:
        page: Any = client.post(INBOX, {"q": words, "_search": "Search"}, follow=True)

    assert len(listed(page)) == rows
    assert_found_by_index(captured)


@pytest.mark.parametrize(("words", "by_words"), [("p777@", True), ("zq", True), ("bonjour", False), ("z", False)])
def test_a_rare_word_is_looked_up_and_a_common_one_met_on_the_way(client: Client, words: str, by_words: bool) -> None:
    """Looking up “bonjour” would read every request before sorting them."""
    with CaptureQueriesContext(connection) as captured:
        client.post(INBOX, {"q": words, "_search": "Search"}, follow=True)

    assert any("contactrequest_words" in plan for plan in plans(captured)) == by_words


def test_the_silent_ones_are_found_by_index(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)

    with time_machine.travel(timezone.now() + timedelta(days=30)), CaptureQueriesContext(connection) as captured:
        assert close_inactive_requests() > 0

    assert_found_by_index(captured)


def test_the_first_page_of_the_admin_counts_by_index(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/admin/")

    assert page.content.decode().count("more than 1,000") == 5
    assert_found_by_index(captured)


@pytest.mark.parametrize("name", ["open", "overdue", "all"])
def test_a_page_of_50_takes_few_queries(
    client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana = member(email="leo@example.com")
    shown = ContactRequest.objects.order_by("-received_at")[:200]
    ContactRequest.objects.filter(pk__in=shown.values("pk")).update(assignee=ana)
    ThreadEntry.objects.bulk_create(ThreadEntry(request=row, kind="answer", author=ana, body="x") for row in shown)

    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(INBOX, {"view": name})

    assert len(listed(page)) == 50


def test_a_search_and_a_long_thread_take_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shown = request(email="p1@example.com")
    ana = member(email="leo@example.com")
    ThreadEntry.objects.bulk_create(ThreadEntry(request=shown, kind="note", author=ana, body="x") for _ in range(50))
    address = client.post(INBOX, {"q": "bonjour", "_search": "Search"})["Location"]

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address)
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(f"{INBOX}{shown.pk}/change/")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get("/admin/")
