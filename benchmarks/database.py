"""A PostgreSQL of the benchmark's own, the embedded one, as durable as in use; the site's tables, filled in SQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILL = """
    WITH consents AS (
        INSERT INTO privacy_consent (subject_key, purpose, given_at)
        SELECT 'key-' || {first} + n, 'contact', %(base)s FROM generate_series(0, {rows} - 1) AS n
        RETURNING id, substr(subject_key, 5)::integer AS n
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
    """Start it in a folder of its own, and end it; Django may be set up in between."""
    from customerlabs.serving.folders import prepare_var
    from customerlabs.serving.places import Places
    from customerlabs.serving.postgres import EmbeddedPostgres, program
    from customerlabs.serving.processes import end
    from customerlabs.serving.server_user import choose_server_user

    var = Path(tempfile.mkdtemp(prefix="customerlabs-bench-"))
    os.environ["VAR_DIR"] = str(var)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    var.chmod(0o711)  # As root the server runs as somebody else, who must get past this folder to its own inside.
    places = Places(var)
    prepare_var(places)
    postgres = EmbeddedPostgres(places, choose_server_user(places, program("postgres")))
    postgres.prepare()
    with (places.logs / "postgres.log").open("ab") as log:
        process: subprocess.Popen[bytes] = postgres.start(log)
    try:
        postgres.wait_until_ready(process)
        postgres.make_database()
        yield
    finally:
        end(process.pid, postgres.stop_signal, lambda: 30)
        process.wait(30)
        shutil.rmtree(var, ignore_errors=True)


def fill(statement: str, rows: int, first: int = 0) -> None:
    """So many rows, each a second after the other; `first` is the number of the first."""
    from django.db import connection

    from benchmarks.clock import BASE

    with connection.cursor() as cursor:
        cursor.execute(statement.format(rows=rows, first=first), {"base": BASE})


def settle() -> None:
    """What autovacuum would do in its time, so that it is not measured in one side's turn."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in ("VACUUM ANALYZE contact_contactrequest", "VACUUM ANALYZE privacy_consent"):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE privacy_letter")
