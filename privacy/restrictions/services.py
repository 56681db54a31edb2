"""Placing a restriction, recording what is done with restricted data all the same, and lifting it in two steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit import services as audit
from privacy.audit.services import Action
from privacy.continuity.ledger import Kind, record
from privacy.declarations import PersonalData
from privacy.holds.keeping import place_alone
from privacy.letters.models import Letter
from privacy.letters.queue import queue_letter
from privacy.policy.announcing import tell_who_waited
from privacy.registry import Registry, registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.letters import LIFTING
from privacy.restrictions.models import RestrictedRows, Restriction, RestrictionUse
from privacy.restrictions.people import people_of
from privacy.subjects import subject_keys

PREPARED_FOR = timedelta(days=180)
"""One that was prepared and never placed is gone after that."""
NOBODY = ""


class RestrictionRefused(Exception):
    """Nothing was written. The message is for the staff member."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is restricted: all about a person, what one activity or one consent's purpose holds of them, or a record."""

    address: str = ""
    activity: str = ""
    purpose: str = ""
    table: PersonalData | None = None
    record: str = ""


def prepare(
    restriction: Restriction, scope: Scope, among: Registry = registry, *, by: int | None = None
) -> Restriction:
    """Write what a rights request will have restricted once it is granted, in place of what was prepared for it before.

    Raises RestrictionRefused when there is nothing that could be restricted.
    """
    with transaction.atomic():
        Restriction.objects.filter(request=restriction.request, placed_at=None).delete()
        restriction.prepared_until = timezone.now() + PREPARED_FOR
        restriction.save(force_insert=True)
        _cover(restriction, scope, among)
        audit.record(Action.ADDED, restriction, by=by, details=("prepared",))
    return restriction


def place(restriction: Restriction, scope: Scope, among: Registry = registry, *, alone: bool = True) -> Restriction:
    """Restrict from now on. The address itself is not stored. Raises RestrictionRefused.

    Not `alone` inside a transaction that shares the lock of the holds already: two of them would wait for each other.
    """
    with transaction.atomic():
        if alone:
            place_alone()
        restriction.placed_at = timezone.now()
        restriction.save(force_insert=True)
        _cover(restriction, scope, among)
        audit.record(Action.PLACED, restriction, by=restriction.placed_by_id)
        _tell_the_ledger(restriction)
    return restriction


def place_prepared(request: Any) -> int:
    """Put what was prepared for this request in force; returns how many, 0 when it was done before.

    To be called in the transaction that closes the request, before it is locked.
    """
    place_alone()
    prepared = list(Restriction.objects.filter(request=request, placed_at=None))
    Restriction.objects.filter(pk__in=[one.pk for one in prepared]).update(
        placed_at=timezone.now(), placed_by=request.decided_by_id, prepared_until=None
    )
    for restriction in prepared:
        audit.record(Action.PLACED, restriction, by=request.decided_by_id)
        _tell_the_ledger(restriction)
    return len(prepared)


def announce_lifting(pk: int, *, by: int | None, because: str, on: date) -> None:
    """First step: write to the person that it will be lifted, on what day and why (GDPR Art. 18(3)).

    Raises RestrictionRefused when it does not stand, is announced already, or for want of a reason or of time.
    """
    if not because.strip():
        raise RestrictionRefused(_("Say why it is lifted."))
    if on <= timezone.localdate():
        raise RestrictionRefused(_("The person is told before: choose a later day."))
    with transaction.atomic():
        rows = Restriction.objects.standing().filter(pk=pk, announced_at=None)
        if not rows.update(announced_at=timezone.now(), announced_by_id=by, lifted_because=because.strip(), lift_on=on):
            raise RestrictionRefused(_("This restriction does not stand any more, or its end is announced already."))
        restriction = Restriction.objects.get(pk=pk)
        audit.record(Action.CHANGED, restriction, by=by, details=("lift_on",))
        queue_letter(LIFTING, restriction, subject_key=NOBODY)


def lift(pk: int, *, by: int | None = None, told_how: str = "") -> None:
    """Second step, from the announced day on and once the person was told: by mail, or as `told_how` says.

    The restriction stays on record; an important change of the policy that waited is told now (P12.2).
    Raises RestrictionRefused.
    """
    note_told()
    with transaction.atomic():
        restriction = Restriction.objects.standing().select_for_update().filter(pk=pk).first()
        if restriction is None or restriction.lift_on is None:
            raise RestrictionRefused(_("Announce it to its person first."))
        if restriction.lift_on > timezone.localdate():
            raise RestrictionRefused(_("The day that was announced has not come."))
        if restriction.told_at is None and not told_how.strip():
            raise RestrictionRefused(_("The letter has not left: say how the person was told."))
        _lift(restriction, told_how.strip(), by)


def lift_announced() -> int:
    """What beat asks for: lift what was announced for today or before, if its letter has left. Returns how many.

    What could not be delivered stays, and waits for the officer.
    """
    note_told()
    due = Restriction.objects.standing().filter(told_at__isnull=False, lift_on__lte=timezone.localdate())
    lifted = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            restriction = due.select_for_update().filter(pk=pk).first()
            if restriction is not None:
                _lift(restriction, "", None)
                lifted += 1
    return lifted


def note_told() -> int:
    """Write down which letters of lifting have left, before their lines are deleted. Returns how many."""
    sent = Letter.objects.filter(kind=LIFTING.name, record_id=OuterRef("pk"), state=Letter.State.SENT)
    waiting = Restriction.objects.standing().filter(announced_at__isnull=False, told_at=None)
    return waiting.filter(Exists(sent)).update(told_at=Subquery(sent.values("finished_at")[:1]))


def record_use(pk: int, *, ground: RestrictionUse.Ground, because: str, by: int | None) -> RestrictionUse:
    """What is restricted was, or is about to be, used on a ground of Art. 18(2). Never changed afterwards."""
    with transaction.atomic():
        use = RestrictionUse.objects.create(restriction_id=pk, ground=ground, because=because, by_id=by)
        audit.record(Action.CHANGED, Restriction(pk=pk), by=by, details=("use",))
    return use


@contextmanager
def at_their_wish(address: str, because: str) -> Iterator[None]:
    """What is done inside is what the person asked for, and is recorded as a use with their consent (Art. 18(2)).

    Inside a transaction. For a correction of what is restricted because it is contested, and the like.
    """
    standing = Restriction.objects.standing().filter(restricted__subject_key__in=subject_keys(address)).distinct()
    RestrictionUse.objects.bulk_create(
        RestrictionUse(restriction=restriction, ground=RestrictionUse.Ground.CONSENT, because=because)
        for restriction in standing
    )
    with restricted_rows_may_change():
        yield


def _lift(restriction: Restriction, told_how: str, by: int | None) -> None:
    now: datetime = timezone.now()
    people = people_of(restriction)
    Restriction.objects.filter(pk=restriction.pk).update(
        lifted_at=now, told_how=told_how, told_at=now if restriction.told_at is None else F("told_at")
    )
    tell_who_waited(people)
    audit.record(Action.LIFTED, restriction, by=by)
    record(Kind.RESTRICTION_LIFTED, restriction=restriction.pk)


def _tell_the_ledger(restriction: Restriction) -> None:
    """All but the reason, which stands in no ledger: after a restore the restriction covers what it covered."""
    covered = RestrictedRows.objects.filter(restriction=restriction).order_by("pk")
    parts = dict.fromkeys(f"{row.table}/{row.purpose}" for row in covered if row.subject_key)
    record(
        Kind.RESTRICTION,
        keys=[row.subject_key for row in covered if row.subject_key],
        restriction=restriction.pk,
        ground=restriction.ground,
        review_on=restriction.review_on.isoformat(),
        request=restriction.request.reference if restriction.request else "",
        parts=" ".join(parts),
        records=" ".join(f"{row.table}#{row.record_id}" for row in covered if row.record_id),
    )


def _cover(restriction: Restriction, scope: Scope, among: Registry) -> None:
    rows = list(_rows(scope, among))
    if not rows:
        raise RestrictionRefused(_("There is nothing there that could be restricted."))
    RestrictedRows.objects.bulk_create(RestrictedRows(restriction=restriction, **row) for row in rows)


def _rows(scope: Scope, among: Registry) -> Iterator[dict[str, str]]:
    if scope.table is not None:
        if scope.table.model._base_manager.filter(pk=scope.record).exists():
            yield {"table": scope.table.label, "record_id": scope.record}
        return
    if not scope.activity and not scope.purpose:
        yield from ({"subject_key": key} for key in subject_keys(scope.address))
    tables = [table for table in among.tables() if not table.part_of and _meant(table, scope, among)]
    for table in tables:
        if table.person and table.person.key and (scope.activity or scope.purpose):
            for key in subject_keys(scope.address):
                yield {"subject_key": key, "table": table.label, "purpose": scope.purpose}
        elif table.person and not table.person.key:
            about = among.rows_in(table, scope.address)
            for key in [] if about is None else about.values_list("pk", flat=True):
                yield {"table": table.label, "record_id": str(key)}


def _meant(table: PersonalData, scope: Scope, among: Registry) -> bool:
    from privacy.restrictions.keeping import consent_of

    if scope.purpose:
        return bool(consent_of(table, among))
    return not scope.activity or table.activity.name == scope.activity
