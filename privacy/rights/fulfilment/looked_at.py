"""When staff looked at somebody's data, and why; never who (P5.1). Told by the room that writes it down."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple


class Look(NamedTuple):
    at: datetime
    why: str


_told_by: list[Callable[[str], Iterable[Look]]] = []


def register_looks(tell: Callable[[str], Iterable[Look]]) -> None:
    """`tell(address)` gives the consultations of this person's data, the oldest first."""
    _told_by.append(tell)


def looks_at(address: str) -> Iterable[Look]:
    for tell in _told_by:
        yield from tell(address)
