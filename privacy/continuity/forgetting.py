"""How long a line of the ledger is kept: as long as a backup could bring back what it says must not come back."""

from datetime import datetime, timedelta

from django.conf import settings

from privacy.continuity import lines
from privacy.continuity.rotation import oldest
from privacy.continuity.storage import continuity
from privacy.periods import Period

SLACK = timedelta(days=7)
"""A backup copied elsewhere, or a night without rotation, is no reason to have forgotten who was erased."""


def lines_kept() -> Period:
    """From the day a line was written. Longer only while a backup stands that its rotation should have deleted."""
    return Period(days=settings.BACKUP_ROLLOVER.days + SLACK.days)


def forget_lines(now: datetime) -> int:
    """Delete from the old end the lines that no backup needs any more; returns how many.

    Killed in between, the rest is still a chain. Raises LedgerBroken.
    """
    forgotten = to_forget(now)
    for number in forgotten:
        continuity().delete(lines.name_of(number))
    return len(forgotten)


def to_forget(now: datetime) -> list[int]:
    """Their numbers. Kept: what is younger than lines_kept(), all from the oldest backup's line on, the last line."""
    before = lines_kept().before(now)
    still = oldest()
    needed = still.ledger_number if still is not None else None
    found = []
    for number in lines.numbers()[:-1]:
        line = lines.read(number)
        if line is None or line.at >= before or (needed is not None and number >= needed):
            break
        found.append(number)
    return found
