"""Whether somebody has objected. A new opt-in is a new, later wish, and wins (P5.5)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from privacy.objections.models import Objection


def not_objected_since(date: str, *, key: Any) -> Q:
    """The condition, in a query of events of a consent, that its person has not objected at their `date` or after it.

    `key` leads to the subject key of the row that the events are asked about. Mailings write it into theirs.
    """
    return ~Q(Exists(Objection.objects.filter(subject_key=key, at__gte=OuterRef(date))))


def objected_since(keys: Collection[str], since: datetime) -> bool:
    """Whether the person under one of these keys has objected at this time or after it."""
    return Objection.objects.filter(subject_key__in=keys, at__gte=since).exists()
