"""Which rows a hold keeps, as a condition in SQL: the purge, an erasure and a withdrawal all write it into theirs.

Why a lock: a purge's statement sees the holds as they were when it began, and a batch goes on for a moment. A hold
placed meanwhile would neither stop it nor come after it. So whoever erases shares an advisory lock for their
transaction, taken before the first row is looked at, and whoever places a hold takes it alone. A hold is there before
a batch begins, or is placed once the batch is committed and says so by finding nothing; never in between. Batches don't
wait for each other. The lock is always the first, so that nothing held in another order can wait for it.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from privacy.declarations import PersonalData
from privacy.holds.models import HeldRows, Hold, standing
from privacy.registry import Registry, registry

LOCK = 0x686F6C64
"""Ours alone among the advisory locks of this database: “hold” in ASCII."""


def keep_holds_still() -> None:
    """No hold is placed from here until the end of the transaction. To be called before any row is locked or chosen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def place_alone() -> None:
    """Wait for whoever erases now, and keep others from beginning, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def free(table: PersonalData, rows: QuerySet[Any], among: Registry = registry) -> QuerySet[Any]:
    """Of these rows of a declared table, those that no hold keeps.

    Without any hold that stands the rows come back as they are, for one look at a small table.
    """
    if not Hold.objects.standing().exists():
        return rows
    return rows.filter(~is_held(table, among))


def is_held(table: PersonalData, among: Registry = registry, path: str = "") -> Q:
    """The condition that a hold keeps a row: its person's, its own, or that of the whole it is a part of.

    `path` leads to the row from the one the query is about.
    """
    held = HeldRows.objects.filter(standing(timezone.now(), "hold__"))
    record = Cast(OuterRef(f"{path}pk"), CharField())
    condition = Q(Exists(held.filter(table=table.label, record_id=record)))
    if table.person and table.person.key:
        # Emptied rows have no key: that is nobody's.
        condition |= Q(Exists(held.exclude(subject_key="").filter(subject_key=OuterRef(path + table.person.key))))
    if table.part_of:
        whole = among.declared(among.whole_of(table))
        if isinstance(whole, PersonalData):
            condition |= is_held(whole, among, f"{path}{table.part_of}__")
    return condition


def holds_on(table: PersonalData, keys: Sequence[Any]) -> list[Hold]:
    """The holds that keep these rows, for telling their person on what ground and until when."""
    on_records = Q(table=table.label, record_id__in=[str(key) for key in keys])
    if table.person and table.person.key:
        persons = table.model._base_manager.filter(pk__in=keys).exclude(**{table.person.key: ""})
        on_records |= Q(subject_key__in=persons.values(table.person.key))
    found = HeldRows.objects.filter(standing(timezone.now(), "hold__")).filter(on_records)
    return list(Hold.objects.filter(pk__in=found.values("hold")).order_by("pk"))
