"""Whose address was corrected after a backup stands in it under the former one, and all the ledger says later of them
speaks of the new one (P5.3, P5.5).

A correction and the closing of its request are one transaction: where the restored data has the request carried out, it
has the correction too. What a restore that is over left uncorrected is the officer's to correct again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from privacy.continuity import lines
from privacy.continuity.lines import Head, Kind, LedgerError, Line
from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest

Moves = Mapping[str, Collection[str]]
"""The keys that rows took with a new address, by table."""


def written(moves: Moves) -> str:
    """In the words of a line."""
    return " ".join(f"{table}/{key}" for table, keys in sorted(moves.items()) for key in keys)


@dataclass(frozen=True)
class Change:
    """A correction that the data lacks: the keys before, and each table whose rows took another, with that one."""

    before: frozenset[str]
    moved: frozenset[tuple[str, str]]


class Formerly:
    """The corrections that the data lacks, up to the line that is played."""

    def __init__(self, upto: Head) -> None:
        self._changes: list[Change] = []
        for line in reversed(list(_since_the_last_restore(upto))):
            self.note(line)

    def note(self, line: Line) -> None:
        """To be called with each line in turn."""
        if line.kind is Kind.RESTORED:
            self._changes.clear()
        moved = str(line.what.get("moved", "")) if line.kind is Kind.RECTIFICATION else ""
        if moved and not RightsRequest.objects.filter(reference=line.what["request"], state=State.DONE).exists():
            pairs = (pair.rpartition("/") for pair in moved.split())
            self._changes.append(Change(frozenset(line.keys), frozenset((table, key) for table, _, key in pairs)))

    def by_table(self, keys: Collection[str]) -> Mapping[str, Collection[str]]:
        """The former keys of these people, for each table where their rows still stand under them."""
        tables = {table for change in self._changes for table, _key in change.moved}
        return {table: self._before(table, keys) for table in tables}

    def all_keys(self, keys: Iterable[str]) -> list[str]:
        """With those that they had in any table."""
        known = set(keys)
        return sorted(known.union(*self.by_table(known).values()))

    def _before(self, table: str, keys: Collection[str]) -> set[str]:
        found = set(keys)
        for change in reversed(self._changes):
            if any((table, key) in change.moved for key in found):
                found |= change.before
        return found - set(keys)


def _since_the_last_restore(upto: Head) -> Iterator[Line]:
    """From this one back, as far as the lines can be read: a replay that was cut off goes on after its head."""
    for number in range(upto.number, -1, -1):
        try:
            line = lines.read(number)
        except LedgerError:
            return
        if line is None or line.kind is Kind.RESTORED:
            return
        yield line
