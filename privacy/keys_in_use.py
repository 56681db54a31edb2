"""Which keys of a ring anything still needs: a key may leave once nothing does (P7.1, P7.2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db import models
from django.db.models import Count
from django.db.models.functions import Left

from privacy.continuity.models import Backup
from privacy.declarations import PersonalData
from privacy.papers.models import PaperChunk
from privacy.registry import Registry, registry
from privacy.rights.fulfilment.models import ErasureReceipt, ResultChunk
from privacy.rings import ring
from privacy.sealing import fernet_of, opens
from privacy.subjects import KEY_NAME_LENGTH, key_name

SEALED: tuple[type[models.Model], ...] = (PaperChunk, ResultChunk)
"""The tables with a column `sealed`, under FILE_KEYS."""


def keyed_tables(among: Registry = registry) -> Iterator[tuple[PersonalData, str, str]]:
    """Each table that knows people by key, with the name of that column, and of the address beside it if any."""
    for table in among.tables():
        if table.person is not None and table.person.key:
            yield table, table.person.key, table.person.address


def rows_by_key(among: Registry = registry) -> Mapping[str, Mapping[str, int]]:
    """For the name of each subject key that rows carry, how many in which table. Reads those tables to their end."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for table, column, _address in keyed_tables(among):
        rows = table.model._base_manager.exclude(**{column: ""}).order_by()
        named = rows.annotate(_name=Left(column, KEY_NAME_LENGTH)).values("_name").annotate(_rows=Count("pk"))
        for name, number in named.values_list("_name", "_rows"):
            found[name][table.label] = number
    return found


def needed_subject_keys(among: Registry = registry) -> list[str]:
    """Of SUBJECT_KEYS, those that some row carries, and the newest, which the next row takes."""
    used = rows_by_key(among)
    newest, *older = ring("SUBJECT_KEYS")
    return [newest, *(key for key in older if key_name(key) in used)]


def backups_with(name: str) -> "models.QuerySet[Backup]":
    """The backups whose rows carry this subject key, and those of which that isn't known; the newest first.

    Without the key they could be restored no more, or would bring back who was erased since.
    """
    kept = Backup.objects.filter(state__in=Backup.KEPT)
    return kept.filter(models.Q(subject_keys="") | models.Q(subject_keys__contains=name)).order_by("-made_at")


def chunks_by_key() -> Mapping[str, int]:
    """How many sealed pieces each key of FILE_KEYS opens. Opens them all, one at a time."""
    keys = {key: fernet_of(key) for key in ring("FILE_KEYS")}
    found = dict.fromkeys(keys, 0)
    for table in SEALED:
        chunks = table._base_manager.values_list("sealed", flat=True).order_by("pk")
        for sealed in chunks.iterator(chunk_size=1):
            for key, fernet in keys.items():
                if opens(fernet, bytes(sealed)):
                    found[key] += 1
                    break
    return found


def receipts_by_key() -> Mapping[str, int]:
    """How many receipts of erasures each key has signed, by the key's public name."""
    signed = ErasureReceipt.objects.values("document__key").annotate(_receipts=Count("pk")).order_by()
    return dict(signed.values_list("document__key", "_receipts"))
