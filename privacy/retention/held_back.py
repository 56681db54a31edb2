"""What a run leaves although its time has come, and why: an auditor asks, and the record of the run answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from privacy.holds.keeping import is_held
from privacy.restrictions.keeping import in_force, is_restricted


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """Rows that are due and still there: each is counted once, under the first of these that is true of it."""

    held: int = 0
    restricted: int = 0
    others: int = 0
    """Neither: for a run that has just ended, somebody else had them locked. For a dry run, those it would take."""


def held_back(rule: Any, now: datetime) -> HeldBack:
    """Count what is due by this rule of the engine. One statement, by the index of the rule's clock."""
    rows = rule.ended(now).order_by()
    kinds = in_force()
    if not kinds:
        return HeldBack(others=rows.count())
    held = is_held(rule.table, rule.among) if "hold" in kinds else Q(pk__in=[])
    restricted = is_restricted(rule.table, rule.among) if "restriction" in kinds else Q(pk__in=[])
    counts = rows.aggregate(
        held=Count("pk", filter=held),
        restricted=Count("pk", filter=restricted & ~held),
        others=Count("pk", filter=~held & ~restricted),
    )
    return HeldBack(**counts)
