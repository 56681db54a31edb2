"""The pages staff look at all day, with a million requests in the database and with a thousand."""

import statistics
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.figures import Figure, at_most
from benchmarks.turns import milliseconds, say

FEW = 1_000
ADMIN = "/admin/"


def measure(options: Namespace) -> Iterator[Figure]:
    from contact.desk.queues import QUEUES
    from customerlabs.models import StaffMember
    from tests.desk.desk import INBOX, signed_in

    officer = StaffMember.objects.create_superuser("officer@example.com", "a long enough password")
    client = signed_in(officer)
    client.defaults["SERVER_NAME"] = "127.0.0.1"
    pages: dict[str, tuple[str, dict[str, str]]] = {
        "admin's first page": (ADMIN, {}),
        "inbox": (INBOX, {}),
        "rights queue": ("/admin/privacy/rightsrequest/", {}),
    }
    pages |= {f"inbox, {queue.name}": (INBOX, {"view": queue.name}) for queue in QUEUES}
    rounds = 5 if options.quick else 15
    fill(FEW)
    few = {name: timed(partial(client.get, path, query), rounds) for name, (path, query) in pages.items()}
    fill(options.rows - FEW)
    for name, (path, query) in pages.items():
        many = timed(partial(client.get, path, query), rounds)
        say(f"{name}: {milliseconds(few[name])} with {FEW:,}, {milliseconds(many)} with {options.rows:,}")
        yield at_most(
            f"{name}: time at {options.rows:,} requests / at {FEW:,}",
            2,
            statistics.median(many) / statistics.median(few[name]),
        )


def timed(page: Callable[[], Any], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = page()
        found.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"A page of the admin answered {answer.status_code}.")
    return found[1:]


def fill(rows: int) -> None:
    """Requests of every state, over years, as the tests of a large inbox have them."""
    from django.db import connection

    from tests.desk.test_a_large_inbox import REQUESTS

    say(f"filling {rows:,} requests…")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_words'::regclass)")
        [words] = cursor.fetchone() or [""]
        cursor.execute("DROP INDEX contactrequest_words")
        cursor.execute(REQUESTS, [rows])
        cursor.execute(words)
        cursor.execute("VACUUM ANALYZE contact_contactrequest")
