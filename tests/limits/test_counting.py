"""Several limits are counted in one statement, each only where the one before is not over."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from privacy.limits.counting import Limit, spend, spend_in_turn

CLIENT = Limit(name="test.client", most=2, window=timedelta(days=1))
SITE = Limit(name="test.site", most=4, window=timedelta(days=1))


def numbers(client: str, times: int = 1) -> list[int]:
    return [count.number for count in spend_in_turn((CLIENT, client), (SITE, "site"), times=times)]


@pytest.mark.django_db
def test_a_client_past_its_own_limit_uses_up_nothing_of_the_sites() -> None:
    assert [numbers("one") for _ in range(4)] == [[1, 1], [2, 2], [3], [4]]

    assert spend(SITE, "site", times=0).number == 2


@pytest.mark.django_db
def test_the_last_count_is_over_when_any_is() -> None:
    for client in ("one", "two", "three", "four"):
        assert not spend_in_turn((CLIENT, client), (SITE, "site"))[-1].over

    assert spend_in_turn((CLIENT, "five"), (SITE, "site"))[-1].over
    assert spend_in_turn((CLIENT, "six"), (SITE, "site"), times=3)[-1].limit is CLIENT


@pytest.mark.django_db
def test_one_statement_counts_for_all() -> None:
    with CaptureQueriesContext(connection) as captured:
        numbers("one")

    assert len(captured) == 1


def synchronous_commit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        [(value,)] = cursor.fetchall()
    return str(value)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_counts_still_waits_for_the_disk() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")
        numbers("one")

        assert synchronous_commit() == "on"


@pytest.mark.django_db(transaction=True)
def test_counting_by_itself_does_not_wait_for_it_and_changes_nothing_for_what_follows() -> None:
    before = synchronous_commit()
    with CaptureQueriesContext(connection) as captured:
        numbers("one")

    assert "set_config('synchronous_commit', 'off', true)" in captured[0]["sql"]
    assert synchronous_commit() == before
    assert spend(SITE, "site", times=0).number == 1
