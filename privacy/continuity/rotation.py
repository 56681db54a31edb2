"""Which backups go, and when: the date after which an erasure is total is counted from this (P5.3)."""

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from privacy.continuity.models import Backup
from privacy.continuity.storage import continuity

FOLDER = "backups"
NAME = re.compile(r"(\d{8}T\d{6})Z-(daily|weekly)-[0-9a-f]{8}\.age")
STAMP = "%Y%m%dT%H%M%S"


def new_name(kind: Backup.Kind, at: datetime) -> str:
    return f"{FOLDER}/{at.astimezone(UTC):{STAMP}}Z-{kind}-{secrets.token_hex(4)}.age"


def kept() -> QuerySet[Backup]:
    """Every backup that still exists, the newest first."""
    return Backup.objects.filter(state__in=Backup.KEPT).order_by("-made_at", "-pk")


def newest() -> Backup | None:
    """The one that was made last. A date to come comes from a clock that was wrong: it counts where no other does."""
    return kept().filter(made_at__lte=timezone.now()).first() or kept().first()


def oldest() -> Backup | None:
    return kept().last()


def next_kind(at: datetime) -> Backup.Kind:
    """The first backup of a calendar week is the one that stays for weeks."""
    weeks = {_week(backup.made_at) for backup in kept().filter(kind=Backup.Kind.WEEKLY)}
    is_first = _week(at) not in weeks
    return Backup.Kind.WEEKLY if is_first and settings.BACKUP_WEEKLY else Backup.Kind.DAILY


def beside_the_newest() -> list[Backup]:
    """Those that may go."""
    last = newest()
    return [backup for backup in kept() if backup != last]


def is_due(backup: Backup, now: datetime) -> bool:
    """Whether it has been kept for its time: so many days, in settings.TIME_ZONE, the day it was made included."""
    days = settings.BACKUP_DAILY
    if backup.kind == Backup.Kind.WEEKLY:
        days = max(days, settings.BACKUP_WEEKLY * 7)
    return (_day(now) - _day(backup.made_at)).days >= days


def rotate(now: datetime) -> int:
    """Delete every backup whose time has come, never the newest. Returns how many. Its caller is alone (alone.py)."""
    take_up_what_lies_there()
    return sum(_delete(backup, now) for backup in beside_the_newest() if is_due(backup, now))


def take_up_what_lies_there() -> None:
    """A database that was put back to an earlier day doesn't know the backups made since: they must go in turn too.

    One that its row says is gone may be there again, put back by hand; one that it says is there may be gone.
    """
    there = list(files())
    known = set(Backup.objects.values_list("name", flat=True))
    Backup.objects.bulk_create(
        Backup(name=name, kind=kind, state=Backup.State.FOUND, made_at=made_at, size=continuity().size(name))
        for name, kind, made_at in there
        if name not in known
    )
    names = [name for name, _, _ in there]
    Backup.objects.filter(state=Backup.State.DELETED, name__in=names).update(state=Backup.State.FOUND, deleted_at=None)
    kept().exclude(name__in=names).update(state=Backup.State.DELETED, deleted_at=timezone.now())


def files() -> Iterable[tuple[str, Backup.Kind, datetime]]:
    """The backups in the storage: name, kind and moment, the newest first."""
    try:
        _folders, names = continuity().listdir(FOLDER)
    except FileNotFoundError:
        return []
    found = [(name, NAME.fullmatch(name)) for name in sorted(names, reverse=True)]
    return [
        (f"{FOLDER}/{name}", Backup.Kind(match[2]), datetime.strptime(match[1], STAMP).replace(tzinfo=UTC))
        for name, match in found
        if match is not None
    ]


def _delete(backup: Backup, now: datetime) -> int:
    continuity().delete(backup.name)
    return Backup.objects.filter(pk=backup.pk).update(state=Backup.State.DELETED, deleted_at=now)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _week(moment: datetime) -> tuple[int, int]:
    return _day(moment).isocalendar()[:2]
