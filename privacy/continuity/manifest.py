"""What a backup says of itself, in the same encrypted file: what it was made of and with, and how to tell it is whole.

It holds no key and nothing of anybody: names of tables, figures, fingerprints.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from privacy.continuity.lines import Head
from privacy.continuity.programs import version_of
from privacy.continuity.refusal import Refused
from privacy.keys_in_use import needed_subject_keys
from privacy.registry import registry
from privacy.rings import RINGS, fingerprint, ring

FORMAT = 1
LONGEST = 1 << 20
"""Bytes. A longer first line is no manifest."""

ALIKE = """
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'
"""
"""A row reads the same on every server, or its checksum would differ."""

TABLES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""

SUM = """
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint), 0)::text FROM {table} t
"""
"""The rows of a table, in whatever order."""

Seen = Callable[[str], object]
"""Called with the name of each table that was read."""


@dataclass(frozen=True)
class Table:
    rows: int
    checksum: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`made_at` in UTC; `migrations`: the last one of each app; `left_out`: rows that are not in the dump, by table;
    `keys`: fingerprints of the rings of keys that the data needs; of SUBJECT_KEYS, those that rows carry."""

    format: int = FORMAT
    name: str
    made_at: datetime
    postgres: int
    programs: int
    migrations: Mapping[str, str]
    ledger: Head
    tables: Mapping[str, Table]
    left_out: Mapping[str, int]
    keys: Mapping[str, Sequence[str]]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def written(self) -> bytes:
        """One line."""
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()}).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes, name: str) -> "Manifest":
        """Raises Refused for what is no manifest, or a newer one."""
        try:
            found: dict[str, Any] = json.loads(line)
            if found["format"] > FORMAT:
                raise Refused(
                    f"{name} was made by a newer version of this program. Install that version, or a later one, and "
                    "type the same command again."
                )
            found["made_at"] = datetime.fromisoformat(found["made_at"])
            found["tables"] = {table: Table(**figures) for table, figures in found["tables"].items()}
            found["ledger"] = Head(*found["ledger"])
            return cls(**found)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Refused(f"{name} is encrypted for this key, and is no backup of this site. Take another.") from None


def describe(cursor: CursorWrapper, *, name: str, ledger: Head) -> Manifest:
    """The database as the cursor's transaction sees it."""
    left_out = left_out_of_backups()
    tables = checksums(cursor, but=left_out)
    cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app")
    migrations = dict(cursor.fetchall())
    return Manifest(
        name=name,
        made_at=timezone.now(),
        postgres=cursor.connection.info.server_version // 10000,
        programs=version_of("pg_dump"),
        migrations=migrations,
        ledger=ledger,
        tables=tables,
        left_out={table: _rows(cursor, table) for table in left_out},
        keys={**fingerprints(), "SUBJECT_KEYS": [fingerprint(key) for key in needed_subject_keys()]},
    )


def checksums(cursor: CursorWrapper, *, but: Sequence[str] = (), seen: Seen | None = None) -> dict[str, Table]:
    """Rows and checksum of every table, in a transaction. Two databases that agree here hold the same rows."""
    cursor.execute(ALIKE)
    cursor.execute(TABLES)
    found = {}
    for quoted, plain in cursor.fetchall():
        if plain not in but:
            cursor.execute(SUM.format(table=quoted))
            found[quoted] = Table(*cursor.fetchone())
            if seen is not None:
                seen(quoted)
    return found


def left_out_of_backups() -> list[str]:
    """Tables whose rows no backup holds, as they are declared."""
    return sorted(
        table.model._meta.db_table
        for table in registry.tables()
        if table.left_out_of_backups and table.model._meta.app_label in apps.app_configs
    )


def fingerprints() -> dict[str, list[str]]:
    """Of each key of each ring: enough to tell whether one is missing, and of no use to whoever reads it."""
    return {name: [fingerprint(key) for key in ring(name)] for name in RINGS}


def _rows(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  (names of our own tables)
    return int(cursor.fetchone()[0])
