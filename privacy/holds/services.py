"""Placing a hold and lifting it: the only writers of holds."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit import services as audit
from privacy.audit.services import Action
from privacy.continuity.ledger import Kind, record
from privacy.declarations import PersonalData
from privacy.erasers import DeleteLinked
from privacy.holds.keeping import place_alone
from privacy.holds.models import HeldRows, Hold, HoldReview
from privacy.registry import Registry, registry, target_of
from privacy.subjects import subject_keys


class HoldRefused(Exception):
    """Nothing was written. The message is for the staff member."""


def place_on_person(hold: Hold, address: str, among: Registry = registry) -> Hold:
    """Keep all rows of this address's owner, those to come too. The address itself is not stored."""
    with transaction.atomic():
        place_alone()
        hold.save(force_insert=True)
        HeldRows.objects.bulk_create(HeldRows(hold=hold, subject_key=key) for key in subject_keys(address))
        for table, rows in among.rows_about(address):
            if table.person and not table.person.key:
                _hold(hold, table, rows.values_list("pk", flat=True))
        audit.record(Action.PLACED, hold, by=hold.placed_by_id)
        _tell_the_ledger(hold)
    return hold


def place_on_record(hold: Hold, table: PersonalData, key: Any, among: Registry = registry) -> Hold:
    """Keep one record with its parts, what it points to for good, and what points so to it.

    Raises HoldRefused when there is no such record any more.
    """
    with transaction.atomic():
        place_alone()
        if not table.model._base_manager.filter(pk=key).exists():
            raise HoldRefused(_("There is no such record, or not any more."))
        hold.save(force_insert=True)
        for other, keys in _together(table, key, among):
            _hold(hold, other, keys)
        audit.record(Action.PLACED, hold, by=hold.placed_by_id)
        _tell_the_ledger(hold)
    return hold


def lift(pk: int, *, by: Any, because: str) -> None:
    """What it kept is erased when its time comes, or has come. The hold stays on record.

    Raises HoldRefused when it does not stand any more, or no reason is given.
    """
    if not because.strip():
        raise HoldRefused(_("Say why it is lifted."))
    now = timezone.now()
    with transaction.atomic():
        lifted = Hold.objects.standing(now).filter(pk=pk).update(lifted_at=now, lifted_by=by, lifted_because=because)
        if not lifted:
            raise HoldRefused(_("This hold does not stand any more."))
        audit.record(Action.LIFTED, Hold(pk=pk), by=by.pk if by else None)
        record(Kind.HOLD_LIFTED, hold=pk)


def _tell_the_ledger(hold: Hold) -> None:
    """All but the reason, which stands in no ledger: after a restore the hold keeps what it kept."""
    held = HeldRows.objects.filter(hold=hold).order_by("pk")
    record(
        Kind.HOLD,
        keys=[row.subject_key for row in held if row.subject_key],
        hold=hold.pk,
        ground=hold.ground,
        until=hold.until.isoformat() if hold.until else "",
        review_on=hold.review_on.isoformat(),
        records=" ".join(f"{row.table}#{row.record_id}" for row in held if row.record_id),
    )


def extend(pk: int, *, by: int | None, because: str, until: datetime | None, review_on: date) -> HoldReview:
    """It was looked at again and is still needed: until when (None: until it is lifted), and when to look next.

    What stood before is kept with the reason. It only ever grows longer: to end it sooner, lift it. Raises HoldRefused.
    """
    if not because.strip():
        raise HoldRefused(_("Say why it is still needed."))
    with transaction.atomic():
        place_alone()
        hold = Hold.objects.standing().select_for_update().filter(pk=pk).first()
        if hold is None:
            raise HoldRefused(_("This hold does not stand any more."))
        if until is not None and (hold.until is None or until < hold.until):
            raise HoldRefused(_("It stands for longer than that: lift it, to end it sooner."))
        review = HoldReview.objects.create(
            hold=hold,
            because=because.strip(),
            by_id=by,
            until_before=hold.until,
            until=until,
            review_before=hold.review_on,
            review_on=review_on,
        )
        hold.until, hold.review_on = until, review_on
        hold.save(update_fields=["until", "review_on"])
        audit.record(Action.CHANGED, hold, by=by, details=("until", "review_on"))
        _tell_the_ledger(hold)
    return review


def _together(table: PersonalData, key: Any, among: Registry) -> Iterator[tuple[PersonalData, list[Any]]]:
    """The record, and the rows deleted with it or it with them. Parts follow their whole by themselves."""
    yield table, [key]
    for name, eraser in table.fields.items():
        linked = among.declared(target_of(table.model, name)) if isinstance(eraser, DeleteLinked) else None
        if isinstance(linked, PersonalData):
            values = table.model._base_manager.filter(pk=key).exclude(**{name: None})
            yield linked, list(values.values_list(f"{name}__pk", flat=True))
    for other in among.tables():
        for name, eraser in other.fields.items():
            if isinstance(eraser, DeleteLinked) and target_of(other.model, name) is table.model:
                yield other, list(other.model._base_manager.filter(**{name: key}).values_list("pk", flat=True))


def _hold(hold: Hold, table: PersonalData, keys: Any) -> None:
    HeldRows.objects.bulk_create(HeldRows(hold=hold, table=table.label, record_id=str(key)) for key in keys)
