"""Emptying rows of their person. The nightly purge and an erasure request are this same code (P5.3, P8.4).

What is dangerous: a wrong queryset here destroys people's data for good. So callers pass primary keys they hold locks
on, inside their own transaction, and at most a batch of them. What always holds: a row is emptied together with its
parts, with what it points to by `DeleteLinked`, and with the rows of other tables that speak of it; all of them or
none. Statements are set-based: their number depends on the declarations, never on the number of rows.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from privacy.any_of import Keys, keys_of
from privacy.append_only import rows_may_go
from privacy.declarations import Kept, PersonalData, Retention, Then
from privacy.erasers import DeleteLinked
from privacy.holds.keeping import free, keep_holds_still
from privacy.registry import Registry, column_of, keys_to, registry, target_of
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.keeping import erasable

BATCH = 1000
"""Rows in one transaction: locks stay short and a killed run loses little."""

Spared = Mapping[type[Model], Collection[Any]]
"""Rows that an erasure leaves for now, by table: the file of the very request, until its receipt is delivered."""


def empty(
    table: PersonalData, keys: Sequence[Any] | Keys, among: Registry = registry, *, then: Then | None = None
) -> Counter[str]:
    """Anonymise or delete these rows, as the table's main rule does or as `then` says. To be called in a transaction.

    Left to itself, it deletes those that another clock of theirs would have deleted: a message nobody has confirmed
    never becomes a figure. Returns how many rows were emptied in each table, by label.
    """
    if not keys:
        return Counter()
    with rows_may_go():
        if table.anonymised and then is None and (sooner := _deleted_sooner(table, keys)):
            return _emptied(table, sooner, among, Then.DELETE) + _emptied(
                table, [key for key in keys if key not in sooner], among, None
            )
        return _emptied(table, keys, among, then)


def _deleted_sooner(table: PersonalData, keys: Sequence[Any] | Keys) -> set[Any]:
    """Those on which a clock is set that deletes."""
    clocks = [rule.clock for rule in table.also if rule.then is Then.DELETE]
    if not clocks:
        return set()
    set_on = Q(*((f"{clock}__isnull", False) for clock in clocks), _connector=Q.OR)
    return set(table.model._base_manager.filter(set_on, pk__any_of=keys).values_list("pk", flat=True))


def _emptied(table: PersonalData, keys: Collection[Any] | Keys, among: Registry, then: Then | None) -> Counter[str]:
    done: Counter[str] = Counter()
    model = table.model
    these = keys if isinstance(keys, Keys) else Keys(keys)
    rows = model._base_manager.filter(pk__any_of=these)

    for part in among.parts_of(model):
        of_these = part.model._base_manager.filter(**{f"{part.part_of}__pk__any_of": these}).order_by()
        part_keys = keys_of(part.model, of_these.values_list("pk", flat=True))
        if part_keys:
            done += _emptied(part, part_keys, among, None)
    for other in among.tables():
        if other.accompanies is not None:
            done += _deleted(other.accompanies(model, these))

    linked = {
        name: keys_of(target_of(model, name), rows.exclude(**{name: None}).values_list(f"{name}__pk", flat=True))
        for name, eraser in table.fields.items()
        if isinstance(eraser, DeleteLinked)
    }
    if isinstance(table.retention, Retention) and table.anonymised and then is not Then.DELETE:
        erasers = {**table.fields, **table.settled}
        emptied = {name: eraser.emptied(column_of(model, name)) for name, eraser in erasers.items()}
        done[table.label] += rows.update(**emptied, **{table.retention.mark: True})
    else:
        done += _deleted(rows, these)
    for name, linked_keys in linked.items():
        done += _deleted(target_of(model, name)._base_manager.filter(pk__any_of=linked_keys), linked_keys)
    return done


def goes_alone(table: PersonalData, among: Registry = registry) -> bool:
    """Whether a row of this table takes nothing with it when it is deleted, and nothing points to it."""
    return not (
        among.parts_of(table.model)
        or keys_to(table.model)
        or any(isinstance(eraser, DeleteLinked) for eraser in table.fields.values())
        or any(other.accompanies(table.model, None).exists() for other in among.tables() if other.accompanies)
    )


def delete_alone(rows: QuerySet[Any]) -> int:
    """Delete what this query locks, of a table whose rows go alone, in one statement. To be called in a transaction.

    A thousand keys fetched and sent back would take longer than their rows take to be deleted.
    """
    with rows_may_go():
        chosen: QuerySet[Any] = rows.model._base_manager.filter(pk__any_of=rows.values("pk"))
        return chosen._raw_delete(chosen.db) or 0


def erase_person(
    address: str,
    among: Registry = registry,
    *,
    sparing: Spared | None = None,
    noted: Callable[[Counter[str]], None] | None = None,
) -> Counter[str]:
    """Empty every declared table of this person, a batch a transaction. Safe to run again after a crash.

    What a hold keeps stays, and what its person asked to have kept (GDPR Art. 18(1)(b) and (c)), until neither stands:
    it is settled, and the consents it rests on end. What a table keeps on a ground of its own (`kept`) begins its last
    period.
    Returns how many rows were emptied in each table, by label; `noted` is given each batch's, in its transaction.
    """
    return erase_rows(among.rows_about(address), among, sparing=sparing, noted=noted)


def erase_rows(
    held: Iterable[tuple[PersonalData, QuerySet[Any]]],
    among: Registry = registry,
    *,
    sparing: Spared | None = None,
    noted: Callable[[Counter[str]], None] | None = None,
    at: datetime | None = None,
) -> Counter[str]:
    """The same for rows already found, table by table. `at`: when they were erased, for a replay after a restore."""
    done: Counter[str] = Counter()
    for table, rows in held:
        if table.part_of:
            continue  # Its whole has taken it along.
        if table.kept:
            _end(table, rows, at or timezone.now())
            continue
        while True:
            with transaction.atomic():
                keep_holds_still()
                chosen = to_erase(table, rows, among, sparing).order_by("pk").select_for_update()
                keys = list(chosen.values_list("pk", flat=True)[:BATCH])
                with restricted_rows_may_change():
                    batch = empty(table, keys, among)
                if noted is not None and batch:
                    noted(batch)
                done += batch
            if len(keys) < BATCH:
                break
        if table.settled:
            _settle_left(table, rows.exclude(pk__in=(sparing or {}).get(table.model, ())), at or timezone.now())
    return done


def to_erase(
    table: PersonalData, rows: QuerySet[Any], among: Registry = registry, sparing: Spared | None = None
) -> QuerySet[Any]:
    """Of a person's rows in a whole table, those an erasure takes; the dry run asks the same. None of what is kept."""
    if table.kept:
        return rows.none()
    spared = (sparing or {}).get(table.model)
    return erasable(table, free(table, rows.exclude(pk__in=spared) if spared else rows, among), among)


def kept_with(table: PersonalData, among: Registry = registry) -> Kept | None:
    """On what ground an erasure leaves this table's rows: its own, or that of the whole it is a part of."""
    if table.kept or not table.part_of:
        return table.kept
    whole = among.declared(among.whole_of(table))
    return kept_with(whole, among) if isinstance(whole, PersonalData) else None


def settle(table: PersonalData, rows: QuerySet[Any], at: datetime) -> None:
    """What only a hold or a wish keeps says so: it is settled as an emptied row would be, and its clock has begun.

    So nothing is done with it any more, and the purge takes it once neither stands. To be called in a transaction.
    """
    values = {name: eraser.emptied(column_of(table.model, name)) for name, eraser in table.settled.items()}
    if values and isinstance(table.retention, Retention):
        values[table.retention.clock] = Coalesce(table.retention.clock, Value(at))
    if values:
        rows.update(**values)


def _settle_left(table: PersonalData, rows: QuerySet[Any], at: datetime) -> None:
    with transaction.atomic(), restricted_rows_may_change():
        keep_holds_still()
        keys = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        settle(table, table.model._base_manager.filter(pk__any_of=keys), at)


def _end(table: PersonalData, rows: QuerySet[Any], at: datetime) -> None:
    """Begin the last period of rows that an erasure leaves, by setting their clock.

    A hold keeps such a row, and not what it allows: a consent ends all the same, so that nothing is done on it any
    more, and what the hold keeps of it goes once the hold is over.
    """
    clock = table.kept.clock if table.kept else ""
    if clock:
        with transaction.atomic():
            live = rows.filter(**{clock: None}).order_by("pk").select_for_update()
            keys = list(live.values_list("pk", flat=True))
            table.model._base_manager.filter(pk__any_of=keys).update(**{clock: at})


def _deleted(rows: QuerySet[Any], keys: Keys | None = None) -> Counter[str]:
    """Delete as QuerySet.delete() would, in one statement a table and without signals.

    Django's own loads every row that something points to, and deletes them by the hundred. The system checks have seen
    that the foreign keys to these rows are CASCADE, SET_NULL, or emptied by now. `keys` are those of the rows, where
    they are known: what points to them is found by its index then, without a look at the rows themselves.
    """
    done: Counter[str] = Counter()
    for key in keys_to(rows.model):
        to_them = {f"{key.name}__in": rows} if keys is None else {f"{key.name}__pk__any_of": keys}
        pointing = key.model._base_manager.filter(**to_them)
        if key.remote_field.on_delete is CASCADE:
            done += _deleted(pointing)
        elif key.remote_field.on_delete is SET_NULL:
            pointing.update(**{key.name: None})
    done[rows.model._meta.label_lower] += rows._raw_delete(rows.db) or 0  # None when Django can tell there are none
    return +done
