"""Which version is in force, for the page that everybody may read: known for a second, so that it need not be asked.

Caches keep that page for a minute anyhow. A consent's proof asks the database itself.
"""

from datetime import date
from typing import NamedTuple

from django.core.cache import cache
from django.db import DatabaseError

from privacy.policy.models import PolicyVersion, today

KEY = "privacy.policy.in_force"
FRESH = 1
"""Seconds until another process shows what one has published; midnight is kept to the second."""


class InForce(NamedTuple):
    number: int
    effective_from: date


def shown_in_force() -> InForce | None:
    """None before the first version, and where the database is away."""
    day = today()
    known: tuple[date, InForce | None] | None = cache.get(KEY)
    if known is None or known[0] != day:
        try:
            row = PolicyVersion.objects.in_force_on(day).values_list("pk", "effective_from").first()
        except DatabaseError:  # The text needs no database, and is read when something is wrong.
            return None
        known = day, InForce(*row) if row else None
        cache.set(KEY, known, FRESH)
    return known[1]


def look_again() -> None:
    """After a publication, in this process."""
    cache.delete(KEY)
