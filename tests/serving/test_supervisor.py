"""The supervisor alone: what a signal in the middle of a step comes to."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customerlabs.serving import supervisor as room
from customerlabs.serving.places import Places
from customerlabs.serving.supervisor import STOP_SIGNALS, Stopped, Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield Supervisor(Places(tmp_path / "var"), lambda *said: None)
    for number, handler in before.items():
        signal.signal(number, handler)


def run(supervisor: Supervisor, step: Callable[[], None], before: Callable[[], None] = lambda: None) -> None:
    with supervisor.in_charge():
        before()
        with supervisor.interruptible():
            step()


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_and_go_on() -> None:
    interrupt()
    pytest.fail("it went on")


def trip_over_the_interruption() -> None:
    try:
        interrupt()
    except Stopped as stopped:
        raise RuntimeError("a library's own word for it") from stopped


def fail() -> None:
    raise RuntimeError("broken")


def never() -> None:
    pytest.fail("it went on")


def test_a_signal_cuts_a_long_step_short(supervisor: Supervisor) -> None:
    with pytest.raises(Stopped):
        run(supervisor, interrupt_and_go_on)


def test_a_library_that_fails_because_it_was_cut_short_is_a_stop_and_no_error(supervisor: Supervisor) -> None:
    with pytest.raises(Stopped):
        run(supervisor, trip_over_the_interruption)


def test_a_failure_that_nobody_asked_for_stays_what_it_is(supervisor: Supervisor) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        run(supervisor, fail)


def test_a_signal_while_the_leftovers_are_ended_is_a_stop(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "end_leftovers", lambda places: interrupt())

    with pytest.raises(Stopped):
        run(supervisor, never)


def test_a_signal_between_two_steps_waits_for_the_next_one(supervisor: Supervisor) -> None:
    with pytest.raises(Stopped):
        run(supervisor, never, before=interrupt)
