"""Reminders to the officer that come in steps as a date draws near: one letter for each, however often it is run."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from privacy.letters.kinds import LetterKind
from privacy.letters.queue import queue_letter

NOBODY = ""
"""The letter goes to the officer: it is about a record by its number, and about nobody."""
MOST = 1000


def remind(running: QuerySet[Any], steps: Mapping[int, Q], kind: LetterKind, *, warned: str) -> int:
    """Queue a letter about each of these rows that has come as close as a step says. Returns how many.

    `steps` has, for what is left (days or hours), the condition that a row is that close. `warned` is the column that
    keeps what was left at the last reminder: whoever writes it first sends the letter. Rows missed for long get only
    the nearest step.
    """
    told = 0
    for left in sorted(steps):
        due = running.filter(Q(**{warned: None}) | Q(**{f"{warned}__gt": left}))
        for pk in list(due.filter(steps[left]).values_list("pk", flat=True)[:MOST]):
            with transaction.atomic():
                if due.filter(pk=pk).update(**{warned: left}):
                    queue_letter(kind, running.model(pk=pk), subject_key=NOBODY)
                    told += 1
    return told
