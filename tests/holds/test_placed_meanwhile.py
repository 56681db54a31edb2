"""A hold or a restriction that is placed while somebody erases: it comes before or after, and never in between."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contact.models import ContactRequest
from contact.services import close_contact_request
from privacy import erasure
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.declarations import PersonalData
from privacy.holds.services import place_on_person
from privacy.models import RetentionRun
from privacy.restrictions.models import Ground
from privacy.retention import engine
from privacy.retention.engine import enforce_retention
from privacy.rights.kinds import Right
from tests.consents.people import ZOE, wrote
from tests.fulfilment.granting import carry_out, granted
from tests.holds.test_keeping import hold
from tests.locks import wait_until_somebody_waits
from tests.restrictions.test_stored_and_nothing_else import restrict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P5.4", "P5.6", "P8.4")]

Act = Callable[[], object]
PLACE: dict[str, Act] = {
    "a hold": lambda: place_on_person(hold(), ZOE),
    "a restriction": lambda: restrict(ground=Ground.CLAIMS),
}
ERASE: dict[str, Callable[[], Act]] = {
    "purge": lambda: lambda: enforce_retention(RetentionRun.Trigger.COMMAND),
    "erasure": lambda: _granted(),
    "withdrawal": lambda: lambda: withdraw(given_by(ZOE), way=Way.FORM, language="fr"),
}
placed = pytest.mark.parametrize("place", PLACE.values(), ids=PLACE)


def _granted() -> Act:
    request = granted(Right.ERASURE, email=ZOE)
    return lambda: carry_out(request)


def closed_long_ago(number: int) -> None:
    for _ in range(number):
        close_contact_request(wrote().pk, by=None)
    ContactRequest.objects.update(closed_at=timezone.now() - timedelta(days=900))


def in_its_own_connection(act: Act) -> object:
    try:
        return act()
    finally:
        connection.close()


@placed
def test_one_placed_during_a_batch_waits_for_it_and_keeps_what_is_left(
    place: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the rows are in the batch that is under way; it comes before the next one."""
    monkeypatch.setattr(engine, "BATCH", 2)
    closed_long_ago(4)
    chosen = threading.Event()
    order: list[str] = []

    def placing() -> None:
        chosen.wait(60)
        place()
        order.append("placed")

    def empty(table: PersonalData, keys: Any, *arguments: Any, **more: Any) -> Any:
        if table.model is ContactRequest and keys and not chosen.is_set():
            chosen.set()
            wait_until_somebody_waits()
            order.append("emptied")
        return erasure.empty(table, keys, *arguments, **more)

    monkeypatch.setattr(engine, "empty", empty)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(in_its_own_connection, placing)
        enforce_retention(RetentionRun.Trigger.COMMAND)
        waiting.result(60)

    assert order == ["emptied", "placed"]
    whole = ContactRequest.objects.filter(is_anonymised=False, email=ZOE).count()
    assert (whole, ContactRequest.objects.filter(is_anonymised=True, email="").count()) == (2, 2)


@placed
@pytest.mark.parametrize("erase", ERASE.values(), ids=ERASE)
def test_whoever_begins_to_erase_while_one_is_placed_waits_and_sees_it(place: Act, erase: Callable[[], Act]) -> None:
    closed_long_ago(1)
    act = erase()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            place()
            erasing = threads.submit(in_its_own_connection, act)
            wait_until_somebody_waits()
        erasing.result(60)

    assert ContactRequest.objects.get().email == ZOE
