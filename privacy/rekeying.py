"""After SUBJECT_KEYS or FILE_KEYS got a newer key: what was made under an older one follows (P5.4, P5.5, P7.1).

A row is found under every key of the ring. But holds, restrictions and objections speak for other rows, and are
compared with them by the database, key with key. They know no address, so nothing can be computed for them before their
person is met again. What always holds: as soon as a row with somebody's address is written, what stands for them under
an older key stands under the newest as well, in the same transaction.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_save

from privacy.append_only import rows_may_go
from privacy.audit.services import WHOLE, Action, record_all
from privacy.holds.keeping import place_alone
from privacy.holds.models import HeldRows
from privacy.keys_in_use import SEALED, keyed_tables
from privacy.objections.models import Objection
from privacy.registry import registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.models import RestrictedRows
from privacy.rings import ring
from privacy.sealing import seal_again
from privacy.subjects import key_name, subject_keys

CHUNK = 1000
SPEAKING_FOR_OTHERS: tuple[type[models.Model], ...] = (HeldRows, RestrictedRows, Objection)
"""A row of these under one key does not stand for rows under another."""


def watch_new_rows() -> None:
    """Whatever table with an address an app declares."""
    for table, _column, address in keyed_tables():
        if address:
            post_save.connect(_carry_over_for, sender=table.model, dispatch_uid=f"privacy.rekeying:{table.label}")


def _carry_over_for(sender: type[models.Model], instance: models.Model, created: bool, **_: Any) -> None:
    person = registry.table(type(instance)).person
    if created and person is not None:
        carry_over(getattr(instance, person.address))


def carry_over(address: str) -> None:
    """What stands for this person under an older key stands under the newest too. The same statements for everybody."""
    if not address or len(ring("SUBJECT_KEYS")) == 1:
        return
    newest, *older = subject_keys(address)
    with connection.cursor() as cursor:
        for model in SPEAKING_FOR_OTHERS:
            cursor.execute(_copying(model), {"newest": newest, "older": older})


def _copying(model: type[models.Model]) -> str:
    """SQL that gives each row of these older keys a twin under the newest, unless it has one."""
    quoted = connection.ops.quote_name
    columns = [
        quoted(str(field.column))
        for field in model._meta.local_concrete_fields
        if not field.primary_key and field.name != "subject_key"
    ]
    table, names = quoted(model._meta.db_table), ", ".join(columns)
    alike = " AND ".join(f"twin.{column} IS NOT DISTINCT FROM known.{column}" for column in columns)
    return (
        f"INSERT INTO {table} (subject_key, {names}) "  # noqa: S608  (names of our own tables)
        f"SELECT DISTINCT %(newest)s, {', '.join(f'known.{column}' for column in columns)} FROM {table} known "
        f"WHERE known.subject_key = ANY(%(older)s) AND NOT EXISTS (SELECT 1 FROM {table} twin "
        f"WHERE twin.subject_key = %(newest)s AND {alike}) ON CONFLICT DO NOTHING"
    )


def move_rows() -> int:
    """Give the newest key to everybody whose address is still held, in all their rows. Returns how many rows had it.

    A thousand of them at a time, each time one transaction; cut off anywhere, it goes on there. To be called outside
    any transaction. Who is known by key alone keeps an older one: it has to stay in the ring.
    """
    moved: Counter[type[models.Model]] = Counter()
    try:
        for table, column, address in keyed_tables():
            for pairs in _outdated(table.model, column, address) if address else ():
                with transaction.atomic(), rows_may_go(), restricted_rows_may_change():
                    place_alone()  # A purge beside it would compare the rows of one moment with the holds of another.
                    done = dict(_move(pairs))
                moved.update(done)
    finally:
        record_moved("SUBJECT_KEYS", moved)
    return moved.total()


def record_moved(name: str, moved: Mapping[type[models.Model], int]) -> None:
    """A line in the trail for each table: so many of its rows have the newest key of this ring now. No value of any."""
    for model, number in moved.items():
        if number:
            record_all(Action.CHANGED, model, [WHOLE], by=None, details=(name, f"rows: {number}"))


def _outdated(model: type[models.Model], column: str, address: str) -> Iterator[dict[str, str]]:
    """Older keys, each with the newest of the same person, a thousand rows at a time."""
    newest = f"{key_name(ring('SUBJECT_KEYS')[0])}:"
    rows = model._base_manager.exclude(**{f"{column}__startswith": newest}).exclude(**{column: ""})
    rows = rows.exclude(**{address: ""}).order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last).values_list("pk", column, address)[:CHUNK]):
        last = found[-1][0]
        known = [(key, subject_keys(written)) for _pk, key, written in found]
        if pairs := {key: theirs[0] for key, theirs in known if key in theirs}:
            yield pairs


def _move(pairs: dict[str, str]) -> Iterator[tuple[type[models.Model], int]]:
    """In every table, in one order. Yields how many rows of each."""
    older, newest = list(pairs), list(pairs.values())
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in SPEAKING_FOR_OTHERS:
            for old, new in pairs.items():
                cursor.execute(_copying(model), {"newest": new, "older": [old]})
            model._base_manager.filter(subject_key__in=older).delete()
        for table, column, _address in keyed_tables():
            cursor.execute(
                f"UPDATE {quoted(table.model._meta.db_table)} AS held SET {quoted(column)} = pair.newest "  # noqa: S608  (ours)
                f"FROM unnest(%s::text[], %s::text[]) AS pair (older, newest) WHERE held.{quoted(column)} = pair.older",
                [older, newest],
            )
            yield table.model, cursor.rowcount


def move_files() -> int:
    """Seal everything again under the newest key of FILE_KEYS. Returns how many pieces. Run twice, it does no harm.

    Raises CannotUnseal for a piece whose key is gone.
    """
    moved: Counter[type[models.Model]] = Counter()
    try:
        for table in SEALED:
            last: Any = 0
            while True:
                with transaction.atomic():
                    rows = table._base_manager.filter(pk__gt=last).order_by("pk")
                    piece = rows.select_for_update(of=("self",)).values_list("pk", "sealed").first()
                    if piece is None:
                        break
                    last, sealed = piece
                    table._base_manager.filter(pk=last).update(sealed=seal_again(bytes(sealed)))
                moved[table] += 1
    finally:
        record_moved("FILE_KEYS", moved)
    return moved.total()
