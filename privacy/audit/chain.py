"""The trail is a chain: each entry's hash covers the entry and the hash before it (P7.2).

An entry gets its place at the very end of the transaction that writes it, by the database itself, so that places have
no gaps and no transaction waits for another but at its commit. Two steps make it the end: what is deferred first (a
foreign key that is checked, an entry's first trigger) may still wait for rows; the sealing, queued by that first
trigger, comes after all of it. So whoever holds the head of the trail waits for nobody, and nobody waits in a circle.

The hash is SHA-256 over a text that needs no program of ours to be made again: a JSON list of the entry's columns in
the order of CANONICAL, moments as UTC with microseconds.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pgtrigger

CANONICAL = (
    "number",
    "before",
    "id",
    "at",
    "kept_from",
    "action",
    "by",
    "table",
    "record_id",
    "purpose",
    "details",
    "job",
    "request_id",
)
"""The columns a hash covers: all but the hash."""
MOMENTS = frozenset({"at", "kept_from"})
SEALING = "privacy.audit_sealing"


def hash_of(values: Sequence[Any]) -> str:
    """The hash an entry of these values, in the order of CANONICAL, must have."""
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def canonical(values: Sequence[Any]) -> str:
    """As PostgreSQL writes a jsonb list."""
    return json.dumps(
        [_moment(value) if isinstance(value, datetime) else value for value in values], ensure_ascii=False
    )


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _column(name: str) -> str:
    quoted = f'entry."{name}"'
    return f"""to_char({quoted} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""" if name in MOMENTS else quoted


class SealLast(pgtrigger.Trigger):
    """First step, at the commit: has the transaction's entries sealed after all that is deferred besides."""

    def __init__(self) -> None:
        super().__init__(
            name="seal_last",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func=f"""
                IF current_setting('{SEALING}', true) = 'yes' THEN RETURN NULL; END IF;
                PERFORM set_config('{SEALING}', 'yes', true);
                UPDATE privacy_auditentry SET hash = '' WHERE id = NEW.id AND number IS NULL;
                IF NOT FOUND THEN PERFORM set_config('{SEALING}', '', true); END IF;
                RETURN NULL;
            """,  # noqa: S608  (names of ours)
        )


class Seal(pgtrigger.Trigger):
    """Second step: locks the head of the trail and gives each new entry its number, what came before, and its hash."""

    def __init__(self) -> None:
        super().__init__(
            name="seal",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition("NEW.number IS NULL"),
            declare=[("head", "privacy_audithead"), ("entry", "privacy_auditentry")],
            func=f"""
                PERFORM set_config('{SEALING}', '', true);
                INSERT INTO privacy_audithead (id, number, hash, kept_from) VALUES (1, 0, '', '-infinity')
                    ON CONFLICT DO NOTHING;
                SELECT * INTO STRICT head FROM privacy_audithead WHERE id = 1 FOR UPDATE;
                FOR entry IN SELECT * FROM privacy_auditentry WHERE number IS NULL ORDER BY id LOOP
                    entry.number := head.number + 1;
                    entry.before := head.hash;
                    entry.kept_from := greatest(entry.kept_from, head.kept_from + interval '1 microsecond');
                    entry.hash := encode(sha256(convert_to(
                        jsonb_build_array({", ".join(map(_column, CANONICAL))})::text, 'UTF8')), 'hex');
                    UPDATE privacy_auditentry
                        SET number = entry.number, before = entry.before, kept_from = entry.kept_from, hash = entry.hash
                        WHERE id = entry.id;
                    head.number := entry.number;
                    head.hash := entry.hash;
                    head.kept_from := entry.kept_from;
                END LOOP;
                UPDATE privacy_audithead SET number = head.number, hash = head.hash, kept_from = head.kept_from
                    WHERE id = 1;
                RETURN NULL;
            """,  # noqa: S608  (names of ours)
        )


class OldEndFirst(pgtrigger.Trigger):
    """Refuses to delete an entry while an older one stays: what is left is always one whole end of the chain."""

    def __init__(self) -> None:
        super().__init__(
            name="old_end_first",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=pgtrigger.Referencing(old="gone"),  # type: ignore[no-untyped-call]
            func="""
                IF (SELECT min(number) FROM privacy_auditentry) < (SELECT max(number) FROM gone) THEN
                    RAISE EXCEPTION 'the audit trail is deleted from its old end alone';
                END IF;
                RETURN NULL;
            """,
        )
