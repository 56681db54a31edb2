"""One line of the ledger, and how it is written and read. Knows the storage, and not the database."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.files.base import ContentFile

from privacy.continuity.models import BEFORE_THE_FIRST
from privacy.continuity.storage import continuity

FOLDER = "ledger"
FORMAT = 1
NAME = re.compile(r"(\d{12})\.json")


class Kind(StrEnum):
    """What a line says. A line never says who: it holds subject keys, and the numbers of records."""

    ERASURE = "erasure"
    OBJECTION = "objection"
    OBJECTION_UNDONE = "objection-undone"
    WITHDRAWAL = "withdrawal"
    RESTRICTION = "restriction"
    RESTRICTION_LIFTED = "restriction-lifted"
    HOLD = "hold"
    HOLD_LIFTED = "hold-lifted"
    RECTIFICATION = "rectification"
    AUDIT_ANCHOR = "audit-anchor"
    BACKUP = "backup"
    RESTORED = "restored"


class LedgerError(Exception):
    """Something is wrong with the ledger. The message is for the operator."""


class LedgerBroken(LedgerError):
    """A line is altered, is missing, or can’t be read."""


class LedgerLacksHead(LedgerError):
    """This is not the ledger of that database or dump, or its end is lost."""


class LedgerTooNew(LedgerError):
    """A line was written by a newer version of this program, which would know what to do with it."""


class Head(NamedTuple):
    """A place in the ledger: a line's number and hash. Before the first line: -1, and the ledger's own name."""

    number: int
    hash: str


NOWHERE = Head(BEFORE_THE_FIRST, "")
"""The end of a ledger without lines."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: `at` in UTC; `stood`, the head its database had when the line was written; `before`, the hash of the
    line before; `hash`, of all the rest. `what` holds numbers and names of tables, nothing of anybody."""

    number: int
    kind: Kind
    at: datetime
    keys: Sequence[str]
    what: Mapping[str, str | int]
    stood: int
    before: str
    hash: str = ""

    @property
    def head(self) -> Head:
        return Head(self.number, self.hash)

    def sealed(self) -> "Line":
        return replace(self, hash=hashlib.sha256(_bytes(self._contents())).hexdigest())

    def written(self) -> bytes:
        return _bytes({**self._contents(), "hash": self.hash})

    def _contents(self) -> dict[str, Any]:
        contents = asdict(self) | {"at": self.at.astimezone(UTC).isoformat(), "keys": list(self.keys)}
        del contents["hash"]
        return {"format": FORMAT, **contents}


def _bytes(contents: Mapping[str, Any]) -> bytes:
    """Always the same for the same contents: the fingerprint is made of it."""
    return json.dumps(contents, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def name_of(number: int) -> str:
    return f"{FOLDER}/{number:012d}.json"


def read(number: int) -> Line | None:
    """The line of this number, or None when there is none. Raises LedgerBroken, LedgerTooNew."""
    storage = continuity()
    name = name_of(number)
    if number < 0 or not storage.exists(name):
        return None
    with storage.open(name) as file:
        return _read(number, file.read())


def _read(number: int, written: bytes) -> Line:
    try:
        contents = json.loads(written)
        form, kind = contents.pop("format"), contents.pop("kind")
        if form > FORMAT or (form == FORMAT and kind not in set(Kind)):
            raise LedgerTooNew(f"Line {number} of the ledger was written by a newer version: use that one.")
        line = Line(**contents | {"at": datetime.fromisoformat(contents["at"]), "kind": Kind(kind)})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise LedgerBroken(f"Line {number} of the ledger can’t be read: it is damaged.") from None
    if line.number != number or line.sealed().hash != line.hash:
        raise LedgerBroken(f"Line {number} of the ledger was altered: it doesn’t match its fingerprint.")
    return line


def write(line: Line) -> bool:
    """Put a line in its place and make sure that it stays there. False when another line has that place.

    Some stores write over what is there, or choose another name for what is new; so the line is read again.
    """
    storage = continuity()
    name = name_of(line.number)
    if storage.exists(name):
        return False
    try:
        given = storage.save(name, ContentFile(line.written()))
    except FileExistsError:
        return False
    if given != name:
        storage.delete(given)
        return False
    return read(line.number) == line


def numbers() -> list[int]:
    """Of all lines there are, in order."""
    try:
        _folders, files = continuity().listdir(FOLDER)
    except FileNotFoundError:
        return []
    return sorted(int(found.group(1)) for name in files if (found := NAME.fullmatch(name)))


def end() -> Head:
    """The last line as the storage has it; NOWHERE for an empty ledger. Raises LedgerBroken."""
    known = numbers()
    last = read(known[-1]) if known else None
    return last.head if last else NOWHERE


def all_lines() -> Iterator[Line]:
    """From the oldest that is kept. Raises LedgerBroken when one is altered or missing, before it is reached."""
    known = numbers()
    oldest = read(known[0]) if known else None
    if oldest is not None:
        yield from lines_after(Head(oldest.number - 1, oldest.before))


def lines_after(head: Head) -> Iterator[Line]:
    """The lines that came after this one, each checked against the one before, to the end.

    Raises LedgerLacksHead when this ledger doesn’t hold the head, LedgerBroken when a line is altered or missing.
    """
    known = numbers()
    last = head
    for line in next_lines(head):
        yield line
        last = line.head
    if known and last.number < known[-1]:
        raise LedgerBroken(f"Line {last.number + 1} of the ledger is missing.")


def next_lines(head: Head) -> Iterator[Line]:
    """The same as far as no line is missing, without asking the storage for all there are."""
    own, line = read(head.number), read(head.number + 1)
    if own is not None and own.hash != head.hash:
        raise LedgerLacksHead(f"Line {head.number} of this ledger is another one: it belongs to another database.")
    if own is None and (line is None or line.before != head.hash) and (head.number >= 0 or numbers()):
        raise LedgerLacksHead(f"This ledger doesn’t hold line {head.number}: its end is lost, or it is another one.")
    last = head
    while line is not None:
        if line.before != last.hash:
            raise LedgerBroken(f"Line {line.number} of the ledger doesn’t follow line {last.number}: one was replaced.")
        yield line
        last, line = line.head, read(line.number + 1)
