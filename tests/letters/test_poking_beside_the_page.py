"""A web process speaks to the broker in a thread of its own, once for many messages."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import transaction

from privacy import broker
from privacy.broker import poke_once_committed
from privacy.letters.tasks import deliver_letters
from privacy.policy.tasks import announce_policy

A_WHILE = 30
"""Seconds after which a thread is given up: a test that passes takes none of them."""


@pytest.fixture(autouse=True)
def _beside_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """As wsgi.py asks for, until the test ends."""
    monkeypatch.setattr(broker, "_beside_the_page", True)
    monkeypatch.setattr(broker, "_asked", SimpleQueue())
    monkeypatch.setattr(broker, "TOGETHER", 0)


@pytest.fixture
def pokes(monkeypatch: pytest.MonkeyPatch) -> Iterator["Pokes"]:
    found = Pokes()
    monkeypatch.setattr(broker, "poke", found)
    yield found
    found.let_go.set()


class Pokes:
    """A broker that answers when it is told to."""

    def __init__(self) -> None:
        self.begun: SimpleQueue[Any] = SimpleQueue()
        self.let_go = threading.Event()
        self.threads: set[threading.Thread] = set()

    def __call__(self, task: Any) -> bool:
        self.threads.add(threading.current_thread())
        self.begun.put(task)
        return self.let_go.wait(A_WHILE)


def test_all_that_was_asked_for_is_poked_once(pokes: Pokes) -> None:
    pokes.let_go.set()
    for task in (deliver_letters, announce_policy, deliver_letters):
        broker._asked.put(task)

    broker._poke_asked()

    assert [pokes.begun.get(timeout=A_WHILE) for _ in range(2)] == [deliver_letters, announce_policy]
    assert pokes.begun.empty()


@pytest.mark.django_db(transaction=True)
def test_a_visitor_does_not_wait_and_what_is_committed_during_a_poke_is_poked_again(
    pokes: Pokes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "_thread", None)
    with transaction.atomic():
        poke_once_committed(deliver_letters)
    assert pokes.begun.get(timeout=A_WHILE) is deliver_letters

    for _ in range(3):  # The broker has not answered yet.
        with transaction.atomic():
            poke_once_committed(deliver_letters)
    pokes.let_go.set()

    assert pokes.begun.get(timeout=A_WHILE) is deliver_letters
    assert threading.current_thread() not in pokes.threads
