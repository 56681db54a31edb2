"""Asking a worker at once costs a visitor next to nothing, however the broker fails."""

import time

import pytest

from privacy import broker
from privacy.letters.tasks import deliver_letters
from tests.faults.valkey import Valkey
from tests.faults.visitor import slowness

WORST = 1.0
"""Seconds. The form has 2 in all."""


@pytest.fixture(autouse=True)
def _this_broker(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", valkey.url)


def timed_poke() -> tuple[bool, float]:
    start = time.monotonic()
    taken = broker.poke(deliver_letters)
    return taken, time.monotonic() - start


def test_a_broker_that_is_well_takes_the_task(valkey: Valkey) -> None:
    taken, seconds = timed_poke()

    assert taken
    assert seconds < WORST * slowness()
    assert valkey.ask("LLEN", "celery") == ":1\r\n"


def test_the_task_carries_nothing(valkey: Valkey) -> None:
    broker.poke(deliver_letters)

    message = valkey.ask("LRANGE", "celery", "0", "-1")

    assert '"argsrepr": "()"' in message
    assert '"kwargsrepr": "{}"' in message


@pytest.mark.promise("P7.3")
def test_a_frozen_broker_is_not_waited_for(valkey: Valkey) -> None:
    valkey.freeze()

    taken, seconds = timed_poke()

    assert not taken
    assert seconds < WORST * slowness()


@pytest.mark.promise("P7.3")
def test_a_stopped_broker_is_not_waited_for(valkey: Valkey) -> None:
    valkey.stop()

    taken, seconds = timed_poke()

    assert not taken
    assert seconds < WORST * slowness()


@pytest.mark.parametrize(
    "setting", [("maxmemory", "1"), ("requirepass", "secret"), ("min-replicas-to-write", "3")], ids=lambda s: s[0]
)
def test_a_broker_that_refuses_is_not_asked_twice(valkey: Valkey, setting: tuple[str, str]) -> None:
    valkey.ask("CONFIG", "SET", *setting)

    first, again = timed_poke(), timed_poke()

    assert [taken for taken, _ in (first, again)] == [False, False]
    assert first[1] < WORST * slowness()
    assert again[1] < 0.05 * slowness()


def test_a_broker_that_failed_is_left_alone_for_a_while(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    valkey.freeze()
    timed_poke()

    _, seconds = timed_poke()
    valkey.thaw()
    too_soon, _ = timed_poke()
    monkeypatch.setattr(broker, "PAUSE", 0.0)
    monkeypatch.setattr(broker, "_left_alone_until", time.monotonic())
    in_time, _ = timed_poke()

    assert seconds < 0.05 * slowness()
    assert (too_soon, in_time) == (False, True)


def test_the_line_is_kept_for_the_next_one(valkey: Valkey) -> None:
    def lines() -> int:
        told = valkey.ask("INFO", "stats")
        return int(told.partition("total_connections_received:")[2].split()[0])

    broker.poke(deliver_letters)
    before = lines()
    for _ in range(4):
        broker.poke(deliver_letters)

    assert lines() == before + 1, "Only the one that asks is new."
    assert valkey.ask("LLEN", "celery") == ":5\r\n"


def test_a_broker_that_came_back_is_found_at_once(valkey: Valkey) -> None:
    broker.poke(deliver_letters)
    valkey.stop()
    valkey.start()

    taken, _ = timed_poke()

    assert taken
    assert valkey.ask("LLEN", "celery") == ":1\r\n"


@pytest.mark.promise("P7.3")
def test_a_broker_that_froze_on_a_kept_line_is_not_waited_for(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.poke(deliver_letters)
    valkey.freeze()

    taken, seconds = timed_poke()
    valkey.thaw()
    monkeypatch.setattr(broker, "_left_alone_until", time.monotonic())
    again, _ = timed_poke()

    assert (taken, again) == (False, True)
    assert seconds < WORST * slowness()
