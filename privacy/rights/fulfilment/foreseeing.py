"""What an erasure would do, row by row: it asks what the erasure itself asks, and writes nothing.

`to_erase` chooses the rows for both. What goes with them (parts, rows that speak of them, rows they point to, rows that
point to them) is followed here as privacy/erasure.py does it. Sets of numbers are kept, so that nothing counts twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, Model
from django.utils.text import capfirst

from privacy.declarations import Kept, PersonalData
from privacy.erasers import DeleteLinked
from privacy.erasure import BATCH, Spared, kept_with, to_erase
from privacy.holds.keeping import holds_on
from privacy.holds.models import Hold
from privacy.registry import Registry, keys_to, registry, target_of

Taken = dict[str, set[Any]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One table: rows found, rows that go, rows that stay on a ground or under a hold, rows spared for now."""

    label: str
    found: int
    goes: int
    stays: int
    spared: int = 0
    table: PersonalData | None = None
    kept: Kept | None = None
    holds: tuple[Hold, ...] = ()

    @property
    def name(self) -> str:
        return name_of(self.label)


def name_of(label: str) -> str:
    return str(capfirst(apps.get_model(label)._meta.verbose_name_plural))


def foresee(address: str, among: Registry = registry, *, sparing: Spared | None = None) -> list[Line]:
    """Every table in which something of this person is found, or goes with it."""
    taken: Taken = defaultdict(set)
    found: list[tuple[PersonalData, set[Any]]] = []
    for table, rows in among.rows_about(address):
        keys = set(rows.values_list("pk", flat=True))
        if keys:
            found.append((table, keys))
        if keys and not table.part_of:
            for batch in _batches(to_erase(table, rows, among, sparing).values_list("pk", flat=True)):
                _take(table, batch, among, taken)
    lines = [_line(table, keys, taken, among, sparing) for table, keys in found]
    listed = {line.label for line in lines}
    more = [(label, keys) for label, keys in taken.items() if keys and label not in listed]
    return lines + [Line(label=label, found=len(keys), goes=len(keys), stays=0) for label, keys in more]


def _line(table: PersonalData, keys: set[Any], taken: Taken, among: Registry, sparing: Spared | None) -> Line:
    goes = taken.get(table.label, set())
    left = sorted(keys - goes)
    spared = _spared(table, left, among, sparing or {})
    stays = len(left) - spared
    kept = kept_with(table, among)
    return Line(
        label=table.label,
        found=len(keys | goes),
        goes=len(goes),
        stays=stays,
        spared=spared,
        table=table,
        kept=kept if stays else None,
        holds=tuple(_holds(table, left, among)) if stays and kept is None else (),
    )


def _holds(table: PersonalData, keys: list[Any], among: Registry) -> list[Hold]:
    """Those that keep these rows, or the whole they are parts of."""
    some = keys[:BATCH]
    found = {hold.pk: hold for hold in holds_on(table, some)}
    if table.part_of:
        whole = among.declared(among.whole_of(table))
        wholes = table.model._base_manager.filter(pk__in=some).values_list(f"{table.part_of}__pk", flat=True)
        if isinstance(whole, PersonalData):
            found |= {hold.pk: hold for hold in _holds(whole, list(set(wholes)), among)}
    return list(found.values())


def _spared(table: PersonalData, keys: list[Any], among: Registry, sparing: Spared) -> int:
    """How many of these are spared, or parts of what is."""
    if not keys or not sparing:
        return 0
    if table.model in sparing:
        return len(set(keys) & set(sparing[table.model]))
    if not table.part_of:
        return 0
    whole = among.declared(among.whole_of(table))
    if not isinstance(whole, PersonalData):
        return 0
    of_whole = table.model._base_manager.filter(pk__in=keys).values_list(f"{table.part_of}__pk", flat=True)
    return sum(1 for key in of_whole if _spared(whole, [key], among, sparing))


def _take(table: PersonalData, keys: list[Any], among: Registry, taken: Taken) -> None:
    keys = [key for key in keys if key not in taken[table.label]]
    if not keys:
        return
    for part in among.parts_of(table.model):
        parts = part.model._base_manager.filter(**{f"{part.part_of}__pk__in": keys})
        for batch in _batches(parts.values_list("pk", flat=True)):
            _take(part, batch, among, taken)
    for other in among.tables():
        if other.accompanies is not None:
            speaking = other.accompanies(table.model, keys)
            _drop(other.model, list(speaking.values_list("pk", flat=True)), taken)
    rows = table.model._base_manager.filter(pk__in=keys)
    for name, eraser in table.fields.items():
        if isinstance(eraser, DeleteLinked):
            linked = rows.exclude(**{name: None}).values_list(f"{name}__pk", flat=True)
            _drop(target_of(table.model, name), list(linked), taken)
    if table.anonymised:
        taken[table.label].update(keys)
    else:
        _drop(table.model, keys, taken)


def _drop(model: type[Model], keys: Iterable[Any], taken: Taken) -> None:
    label = model._meta.label_lower
    fresh = [key for key in keys if key not in taken[label]]
    if not fresh:
        return
    taken[label].update(fresh)
    for key in keys_to(model):
        if key.remote_field.on_delete is CASCADE:
            pointing = key.model._base_manager.filter(**{f"{key.name}__in": fresh})
            _drop(key.model, list(pointing.values_list("pk", flat=True)), taken)


def _batches(keys: Any) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for key in keys.iterator(chunk_size=BATCH):
        batch.append(key)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
