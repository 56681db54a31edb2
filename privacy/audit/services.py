"""Writing the trail, and reading from it what a person is told: when their data was consulted and why, not by whom."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.functional import Promise

from privacy.audit.models import AuditEntry
from privacy.declarations import PersonalData
from privacy.registry import registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
else:
    StrOrPromise = str | Promise

Action = AuditEntry.Action


class Consultation(NamedTuple):
    """That staff consulted somebody's data: when, and the purpose in words."""

    at: datetime
    purpose: StrOrPromise


def record(action: Action, record: Model, *, by: int | None, purpose: str = "") -> None:
    """Write that somebody of the staff (`by`: the number of their account) did this to a record; one statement.

    `purpose` is an activity's name, that of the record's table unless given.
    """
    record_all(action, type(record), [record.pk], by=by, purpose=purpose)


def record_all(action: Action, model: type[Model], keys: Iterable[Any], *, by: int | None, purpose: str = "") -> None:
    """The same for many records of one table, in one statement."""
    declared = registry.declared(model)
    table = model._meta.label_lower
    name = purpose or (declared.activity.name if isinstance(declared, PersonalData) else "")
    AuditEntry.objects.bulk_create(
        AuditEntry(action=action, by_id=by, table=table, record_id=str(key), purpose=name) for key in keys
    )


def entries_about(address: str) -> QuerySet[AuditEntry]:
    """The entries about the records that are held about this person now."""
    about = Q(pk__in=[])
    for table, rows in registry.rows_about(address):
        keys = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        about |= Q(table=table.label, record_id__in=keys)
    return AuditEntry.objects.filter(about)


def consultations_about(address: str) -> list[Consultation]:
    """When and why staff consulted what is held about this person, the oldest first (GDPR Art. 15, P5.1).

    One line a day and purpose is not made of them: each is a fact, and the page that shows them may group them.
    """
    found = entries_about(address).order_by("at", "pk").values_list("at", "purpose")
    return [Consultation(at, purpose_in_words(name)) for at, name in found]


def purpose_in_words(name: str) -> StrOrPromise:
    """An activity's purpose for the reader; its name when no table is held for it any more."""
    try:
        return registry.activity(name).purpose
    except KeyError:
        return name
