"""The first page on many rows of everything: few queries, none of which reads a large table from end to end."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from privacy.commitments.frame import all_commitments
from privacy.commitments.models import WatchedCommitment
from tests.desk.desk import member, signed_in
from tests.desk.test_a_large_inbox import REQUESTS

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]
MOST_QUERIES = 14  # One of them asks for the second factor of who is signed in.
NUMBER = 20_000
RIGHTS_REQUESTS = 10_000

RIGHTS = """
INSERT INTO privacy_rightsrequest (
    reference, "right", channel, language, subject_key, state, version, received_at, proof, proved_at, due_on,
    paused_days, decision, refusal, decided_at, closed_at
)
SELECT 'R' || n, (ARRAY['access', 'erasure', 'rectification', 'marketing', 'portability'])[1 + n %% 5], 'form', 'fr',
    'k:' || md5(n::text), state, 1, at, 'link', at, (at + interval '1 month')::date, 0,
    CASE WHEN state = 'refused' THEN 'refused' WHEN state = 'done' THEN 'granted' ELSE '' END,
    CASE WHEN state = 'refused' THEN '17(3)(e)' ELSE '' END,
    CASE WHEN state IN ('refused', 'done') THEN at + (n %% 40) * interval '1 day' END,
    CASE WHEN state IN ('refused', 'done') THEN at + (n %% 40) * interval '1 day' END
FROM (
    SELECT n, now() - n * interval '3 hours' AS at,
        CASE WHEN n %% 50 = 0 THEN 'open' WHEN n %% 7 = 0 THEN 'refused' ELSE 'done' END AS state
    FROM generate_series(1, %s) n
) AS numbers
"""
CONSENTS = """
INSERT INTO privacy_consent (subject_key, purpose, given_at, ended_at)
SELECT 'k:' || md5(n::text), 'contact', now() - n * interval '5 minutes',
    CASE WHEN n %% 3 = 0 THEN now() - n * interval '4 minutes' END
FROM generate_series(1, %s) n
"""
PROSPECTS = """
INSERT INTO contact_prospect (first_name, last_name, email, language, subject_key, asked_at, last_contact_at)
SELECT '', 'Nom', n || '@example.com', 'fr', 'k:' || md5(n::text), now(), now() - n * interval '1 hour'
FROM generate_series(1, %s) n
"""
VERSION = """
INSERT INTO cookies_catalogueversion (digest, asked, catalogue, text_fr, text_en, recorded_at)
VALUES ('d', 'a', '{}', '', '', now())
"""
CHOICES = """
INSERT INTO cookies_choiceevent (kind, number, purposes, version_id, language, at, ends_at)
SELECT 'accepted', 'n' || n, 'audience', (SELECT max(id) FROM cookies_catalogueversion), 'fr',
    now() - n * interval '30 minutes', now() + interval '6 months' - n * interval '30 minutes'
FROM generate_series(1, %s) n
"""
TABLES = (
    "contact_contactrequest",
    "privacy_rightsrequest",
    "privacy_consent",
    "contact_prospect",
    "cookies_choiceevent",
)
LARGE = re.compile(r"Seq Scan on (contact_contactrequest|privacy_consent|contact_prospect|cookies_choiceevent)\b")


@pytest.fixture(scope="module")
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_words'::regclass)")
        (words,) = cursor.fetchone()
        cursor.execute("DROP INDEX contactrequest_words")  # Built at once, it takes a tenth of the time.
        for rows in (REQUESTS, CONSENTS, PROSPECTS):
            cursor.execute(rows, [NUMBER])
        cursor.execute(words)
        cursor.execute(RIGHTS, [RIGHTS_REQUESTS])
        cursor.execute(VERSION)
        cursor.execute(CHOICES, [NUMBER])
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
        now = timezone.now()  # As on each day but a new site's first.
        for commitment in all_commitments():
            WatchedCommitment.objects.create(name=commitment.name, kept=True, checked_at=now, since=now)
        yield
        WatchedCommitment.objects.all().delete()
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, cookies_catalogueversion CASCADE")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


@pytest.fixture
def officer(_many: None, db: None) -> Client:
    return signed_in(member("DPO"))


def test_the_first_page_takes_few_queries(
    officer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        page: Any = officer.get("/admin/")

    assert "more than 1,000" in page.content.decode()
    assert page.content.decode().count('<svg viewBox="-44') == 4


def test_no_query_of_it_reads_a_large_table_from_end_to_end(officer: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        officer.get("/admin/")

    read = [query["sql"] for query in list(captured.captured_queries) if query["sql"].startswith("SELECT")]
    assert len(read) > 5
    assert [(scan, sql) for sql in read for scan in LARGE.findall(plan_of(sql))] == []


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
