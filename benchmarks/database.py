"""A PostgreSQL and a Valkey of the benchmark's own, the embedded ones, as durable as in use; tables filled in SQL."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.turns import say

PART = 100_000
"""Rows in one statement."""
FILLED = ("contact_contactrequest", "privacy_consent", "privacy_consentevent", "privacy_letter")
FILL = """
    WITH consents AS (
        INSERT INTO privacy_consent (subject_key, purpose, given_at)
        SELECT 'key-' || {first} + n, 'contact', %(base)s FROM generate_series(0, {rows} - 1) AS n
        RETURNING id, substr(subject_key, 5)::integer AS n
    ), events AS (
        INSERT INTO privacy_consentevent (consent_id, kind, wording_id, language, form, at)
        SELECT id, 'given', %(wording)s, 'fr', 'contact', %(base)s FROM consents
    )
    INSERT INTO contact_contactrequest (
        kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, submission, consent_id,
        status, received_at, last_activity_at, closed_at, is_anonymised
    )
    SELECT 'contact', 'Zoé', 'Lefèvre', 'zoe.' || n || '@example.com', '+33123456789',
        repeat('Bonjour, où en est ma commande ? ', 8), 'fr', false, 'key-' || n, gen_random_uuid(), id,
        'closed', %(base)s, %(base)s, %(base)s + make_interval(secs => n), false
    FROM consents
"""
ALONE = """
    INSERT INTO contact_contactrequest (
        kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, submission, status,
        received_at, last_activity_at, closed_at, is_anonymised
    )
    SELECT 'contact', 'Zoé', 'Lefèvre', 'zoe.' || {first} + n || '@example.com', '+33123456789',
        repeat('Bonjour, où en est ma commande ? ', 8), 'fr', false, 'key-' || {first} + n, gen_random_uuid(),
        'closed', %(base)s, %(base)s, %(base)s + make_interval(secs => {first} + n), false
    FROM generate_series(0, {rows} - 1) AS n
"""
"""Requests whose consents are gone already: emptied, with nothing beside them to delete."""
LETTERS = """
    INSERT INTO privacy_letter (
        id, kind, record_id, subject_key, is_bulk, state, attempts, created_at, due_at, finished_at, error
    )
    SELECT gen_random_uuid(), 'contact.acknowledgement', {first} + n + 900000000, 'key-' || {first} + n, false, 'sent',
        1, %(base)s, %(base)s, %(base)s + make_interval(secs => {first} + n), ''
    FROM generate_series(0, {rows} - 1) AS n
"""


@contextmanager
def served() -> Iterator[None]:
    """Start them in a folder of their own, and end them; Django may be set up in between."""
    from customerlabs.serving.folders import prepare_var
    from customerlabs.serving.places import Places
    from customerlabs.serving.postgres import EmbeddedPostgres, program
    from customerlabs.serving.processes import end
    from customerlabs.serving.server_user import choose_server_user
    from customerlabs.serving.valkey import EmbeddedValkey

    var = Path(tempfile.mkdtemp(prefix="customerlabs-bench-"))
    os.environ["VAR_DIR"] = str(var)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    var.chmod(0o711)  # As root the server runs as somebody else, who must get past this folder to its own inside.
    places = Places(var)
    prepare_var(places)
    user = choose_server_user(places, program("postgres"))
    postgres, valkey = EmbeddedPostgres(places, user), EmbeddedValkey(places, user)
    started: list[tuple[EmbeddedPostgres | EmbeddedValkey, subprocess.Popen[bytes]]] = []
    try:
        for server in (postgres, valkey):
            server.prepare()
            with (places.logs / f"{server.name}.log").open("ab") as log:
                started.append((server, server.start(log)))
                server.wait_until_ready(started[-1][1])
        postgres.make_database()
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # It is ending; nothing may leave a server behind.
        for server, process in started:
            end(process.pid, server.stop_signal, lambda: 30)
            process.wait(30)
        shutil.rmtree(var, ignore_errors=True)


def copied() -> str:
    """The name of a second database on the same server, which holds what the first holds now."""
    from django.db import connection

    from privacy.continuity.databases import ELSEWHERE, working_in

    name, copy = connection.settings_dict["NAME"], "copied"
    with working_in(ELSEWHERE[0]), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    return copy


@contextmanager
def working_beside(copy: str) -> Iterator[None]:
    """The site on that copy, with a ledger of its own: the lines that the other database writes are not its own."""
    from django.conf import settings
    from django.test import override_settings

    from privacy.continuity.databases import working_in

    storages: dict[str, Any] = settings.STORAGES
    ledger = {**storages["continuity"], "OPTIONS": {"location": str(settings.PLACES.continuity / copy)}}
    with override_settings(STORAGES={**storages, "continuity": ledger}), working_in(copy):
        yield


def fill_up(statement: str, rows: int) -> None:
    """So many rows, each a second after the other, numbered from 0; then what autovacuum would do in its time."""
    from django.db import connection

    from benchmarks.clock import BASE
    from privacy.consents.models import Wording

    wording = Wording.of("What was agreed to.")
    say(f"filling {rows:,} rows…")
    with connection.cursor() as cursor:
        for first in range(0, rows, PART):
            part = min(PART, rows - first)
            cursor.execute(statement.format(rows=part, first=first), {"base": BASE, "wording": wording.pk})
    settle()


def settle() -> None:
    """So that a vacuum is not measured in one side's turn."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"VACUUM ANALYZE {table}")


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(FILLED)} CASCADE")
