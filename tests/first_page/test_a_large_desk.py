"""The first page on many rows of everything: few queries, none of which reads a large table from end to end."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.desk.desk import member, signed_in
from tests.first_page.many import empty, fill

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]
MOST_QUERIES = 14  # One of them asks for the second factor of who is signed in.
NUMBER = 20_000
RIGHTS_REQUESTS = 10_000

LARGE = re.compile(r"Seq Scan on (contact_contactrequest|privacy_consent|contact_prospect|cookies_choiceevent)\b")


@pytest.fixture(scope="module")
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        fill(NUMBER, rights=RIGHTS_REQUESTS, others=NUMBER)
        yield
        empty()


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
