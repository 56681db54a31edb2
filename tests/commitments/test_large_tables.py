"""The checks on a hundred thousand rows: a few statements each, found by index."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from privacy.commitments.checking import look
from privacy.commitments.frame import Commitment, all_commitments

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.5")]

NUMBER = 100_000
MOST_STATEMENTS = 16

REQUESTS = """
INSERT INTO contact_contactrequest (
    kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, status,
    received_at, last_activity_at, closed_at, is_anonymised
)
SELECT
    'contact', name, name, name, '', name, 'fr', false, name, status,
    date_trunc('month', now(), 'UTC'), date_trunc('month', now(), 'UTC'),
    CASE WHEN status = 'closed' THEN date_trunc('month', now(), 'UTC') END, n %% 100 > 0
FROM (
    SELECT n, CASE WHEN n %% 100 = 0 THEN 'Zoé' ELSE '' END AS name,
        CASE WHEN n %% 200 = 0 THEN 'new' ELSE 'closed' END AS status
    FROM generate_series(1, %s) n
) AS numbers
"""
LETTERS = """
INSERT INTO privacy_letter (id, kind, record_id, subject_key, state, attempts, created_at, due_at, finished_at, error)
SELECT gen_random_uuid(), 'contact.answer', n, '', CASE WHEN n %% 50 = 0 THEN 'queued' ELSE 'sent' END, 1,
    now(), now(), CASE WHEN n %% 50 > 0 THEN now() END, ''
FROM generate_series(1, %s) n
"""
COUNTS = """
INSERT INTO privacy_limitcount (digest, count, ends_at)
SELECT md5(n::text), 1, now() + interval '30 days' FROM generate_series(1, %s) n
"""
TABLES = "contact_contactrequest, contact_threadentry, privacy_letter, privacy_limitcount"
LARGE = re.compile(r"Seq Scan on (contact_contactrequest|privacy_letter|privacy_limitcount)")
READS_TO_THE_END = {"emptied-rows"}
"""Whether anything is left in emptied rows has no index: they are read once a day, within the time limit."""


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_words'::regclass)")
        (words,) = cursor.fetchone()
        cursor.execute("DROP INDEX contactrequest_words")  # Built at once, it takes a tenth of the time.
        for rows in (REQUESTS, LETTERS, COUNTS):
            cursor.execute(rows, [NUMBER])
        cursor.execute(words)
        cursor.execute("VACUUM ANALYZE contact_contactrequest, privacy_letter, privacy_limitcount")
        yield
        cursor.execute(f"TRUNCATE {TABLES}")
        cursor.execute("ANALYZE contact_contactrequest, privacy_letter, privacy_limitcount")


each_commitment = pytest.mark.parametrize(
    "commitment", [pytest.param(each, id=each.name) for each in all_commitments()]
)


@each_commitment
def test_a_check_is_a_few_statements_that_go_by_index(commitment: Commitment) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        _, error = look(commitment, timezone.now())

    assert error == ""
    reads = [each["sql"] for each in asked if each["sql"].lstrip().startswith("SELECT")]
    assert len(asked) <= MOST_STATEMENTS
    scans = [scan for read in reads for scan in LARGE.findall(plan_of(read))]
    assert bool(scans) == (commitment.name in READS_TO_THE_END)


def plan_of(read: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {read}")
        return "\n".join(line for (line,) in cursor.fetchall())
