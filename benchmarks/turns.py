"""The sides of a comparison take turns, in many short rounds: whatever else the machine does falls on all of them."""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

Times = dict[str, list[float]]


def say(text: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S}   {text}\n")
    sys.stdout.flush()


def take_turns(sides: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """What each side's call returns, round by round; the first round warms up, and the order turns round each time."""
    found: Times = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds + 1):
        for name in names if number % 2 else reversed(names):
            value = sides[name]()
            if number:
                found[name].append(value)
    return found


def ratio(found: Times, ours: str, theirs: str) -> float:
    """The median over the rounds of ours / theirs."""
    return statistics.median(our / their for our, their in zip(found[ours], found[theirs], strict=True))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def milliseconds(values: list[float]) -> str:
    return f"{statistics.median(values) * 1000:.1f} ms"
