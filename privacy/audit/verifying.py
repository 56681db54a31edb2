"""Whether the trail is whole: nothing altered, taken out, put in, put elsewhere or cut off (P7.2).

Every entry is read once, in order and a piece at a time, and its hash made again here: neither the triggers nor the
functions of the database are trusted with it. What a chain alone can't show, that it was cut off with its end or
written anew as a whole, its anchors outside the database show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from privacy.audit.chain import CANONICAL, hash_of
from privacy.audit.models import AuditEntry, AuditHead

MOST = 20
"""Faults that are told: the first says where to look, and one cut makes many."""
PIECE = 2000
"""Entries read at a time."""


class Fault(NamedTuple):
    """What is wrong, and at which entry; 0 where it has no number. For staff, and nothing about anybody."""

    number: int
    what: str


class Oldest(NamedTuple):
    """The oldest entry there was when an anchor was written, its date, and until when it was to be kept."""

    number: int
    kept_from: datetime
    until: datetime


class Anchor(NamedTuple):
    """What is known outside the database of the entry of one number; its date, and the trail's old end, where known."""

    hash: str
    kept_from: datetime | None
    oldest: Oldest | None = None


@dataclass(frozen=True)
class Verified:
    """How many entries were read, from which number to which, and what is wrong, up to MOST faults."""

    entries: int
    first: int
    last: int
    faults: Sequence[Fault]

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify(anchors: Mapping[int, Anchor] | None = None, *, now: datetime | None = None) -> Verified:
    """Read the whole trail, and compare it with what is known of it elsewhere. Its memory does not grow with it."""
    end = AuditHead.objects.first()
    walk = _Walk(anchors or {}, now or timezone.now())
    for row in _entries():
        walk.entry(row[:-1], row[-1])
    walk.ends_at(end)
    walk.outside()
    if AuditEntry.objects.filter(number=None).exists():
        walk.note(0, "entries were written past the triggers that give them their places")
    return Verified(walk.entries, walk.first, walk.last, walk.faults)


def _entries() -> Any:
    placed = AuditEntry.objects.exclude(number=None).order_by("number")
    return placed.values_list(*CANONICAL, "hash").iterator(chunk_size=PIECE)


class _Walk:
    """From the oldest entry that is left to the newest."""

    def __init__(self, anchors: Mapping[int, Anchor], now: datetime) -> None:
        self.anchors = anchors
        self.now = now
        self.over = settings.AUDIT_RETENTION.before(now)
        self.entries = self.first = self.last = 0
        self.hash = ""
        self.faults: list[Fault] = []

    def note(self, number: int, what: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(Fault(number, what))

    def entry(self, values: Sequence[Any], written: str) -> None:
        number, before = values[:2]
        if self.entries and number != self.last + 1:
            self.note(number, f"{_entries_between(self.last, number)} taken out before it")
        elif before != (self.hash if self.entries else self._before_the_first(number, before)):
            self.note(number, "it does not follow the entry before it")
        if hash_of(values) != written:
            self.note(number, "it was altered")
        if number in self.anchors and self.anchors[number].hash != written:
            self.note(number, "it is not the one that was anchored outside the database")
        self.entries += 1
        self.first = self.first or number
        self.last, self.hash = number, written

    def _before_the_first(self, number: int, before: str) -> str:
        """What the oldest entry must follow, as far as it can be known: what was before it may be gone in time."""
        if number == 1:
            return ""
        return self.anchors[number - 1].hash if number - 1 in self.anchors else before

    def ends_at(self, end: AuditHead | None) -> None:
        """Where the database says it ends: found before the entries were read, more may have come since."""
        if end is not None and self.last > end.number:
            end = AuditHead.objects.filter(number__gte=self.last).first()
        if end is None:
            if self.entries:
                self.note(self.last, "the trail should have ended before it")
        elif self.last < end.number and not (self.entries == 0 and end.kept_from <= self.over):
            self.note(self.last + 1, f"{_entries_between(self.last, end.number + 1)} cut off at the end")
        elif self.last == end.number and self.hash != end.hash:
            self.note(self.last, "the trail should end with another one")

    def outside(self) -> None:
        """The anchored entries that are not there any more: only those whose time is over may be gone."""
        for number, anchor in self.anchors.items():
            gone_in_time = anchor.kept_from is not None and anchor.kept_from <= self.over
            if number > self.last and not gone_in_time:
                self.note(number, "it was anchored outside the database, and is cut off")
            elif number < self.first and anchor.kept_from is not None and not gone_in_time:
                self.note(number, "it was anchored outside the database, and went before its time")
        for oldest in sorted({anchor.oldest for anchor in self.anchors.values() if anchor.oldest}):
            is_there = self.entries and oldest.number >= self.first
            if not is_there and oldest.until > self.now and settings.AUDIT_RETENTION.after(oldest.kept_from) > self.now:
                self.note(oldest.number, "it was the oldest when the trail was anchored, and went before its time")


def _entries_between(last: int, number: int) -> str:
    missing = number - last - 1
    return f"{missing} {'entry was' if missing == 1 else 'entries were'}"
