"""Writing the trail, and reading from it what a person is told: when their data was consulted and why, not by whom."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Model, QuerySet
from django.db.models.functions import Cast
from django_stubs_ext import StrOrPromise

from privacy.audit import origin
from privacy.audit.models import AuditEntry, AuditHead
from privacy.declarations import PersonalData
from privacy.registry import registry

Action = AuditEntry.Action
LONGEST_DETAILS = 500
WHOLE = ""
"""The record that is named when something was done to a table, and to none of its records alone."""


class Consultation(NamedTuple):
    """That staff consulted somebody's data: when, and the purpose in words."""

    at: datetime
    purpose: StrOrPromise


class Head(NamedTuple):
    """Where the trail ends: the number and the hash of its last entry; 0 and nothing before the first."""

    number: int
    hash: str


def record(
    action: Action, record: Model, *, by: int | None, purpose: str = "", details: Collection[str] = ()
) -> AuditEntry:
    """Write that somebody of the staff (`by`: the number of their account), or a job, did this to a record.

    One statement. `purpose` is an activity's name, that of the record's table unless given; `details` are names, of the
    columns changed or of the step taken, and never values. The entry it returns gets its place at the commit.
    """
    [entry] = record_all(action, type(record), [record.pk], by=by, purpose=purpose, details=details)
    return entry


def record_all(
    action: Action,
    model: type[Model],
    keys: Iterable[Any],
    *,
    by: int | None,
    purpose: str = "",
    details: Collection[str] = (),
) -> list[AuditEntry]:
    """The same for many records of one table, in one statement."""
    declared = registry.declared(model)
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            action=action,
            by=by,
            job=origin.job(),
            request_id=origin.request_id(),
            table=model._meta.label_lower,
            record_id=str(key),
            details=", ".join(details)[:LONGEST_DETAILS],
            purpose=purpose or (declared.activity.name if isinstance(declared, PersonalData) else ""),
        )
        for key in keys
    )


def head() -> Head:
    """The last entry's place, as the database has it; entries of the transaction that asks are not in it yet."""
    found = AuditHead.objects.values_list("number", "hash").first()
    return Head(*found) if found else Head(0, "")


def entries_about(address: str) -> QuerySet[AuditEntry]:
    """The entries about the records that are held about this person now.

    Table by table, so that each is found by index in a trail of millions.
    """
    found = []
    for table, rows in registry.rows_about(address):
        keys = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        found.append(AuditEntry.objects.filter(table=table.label, record_id__in=keys).values("pk"))
    if not found:
        return AuditEntry.objects.none()
    return AuditEntry.objects.filter(pk__in=found[0].union(*found[1:], all=True))


def consultations_about(address: str) -> list[Consultation]:
    """When and why staff consulted what is held about this person, the oldest first (GDPR Art. 15, P5.1).

    One line a day and purpose is not made of them: each is a fact, and the page that shows them may group them.
    """
    read = entries_about(address).filter(action__in=(Action.READ, Action.EXPORTED))
    found = read.order_by("at", "pk").values_list("at", "purpose")
    return [Consultation(at, purpose_in_words(name)) for at, name in found]


def purpose_in_words(name: str) -> StrOrPromise:
    """An activity's purpose for the reader; its name when no table is held for it any more."""
    try:
        return registry.activity(name).purpose
    except KeyError:
        return name
