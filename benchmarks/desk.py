"""The pages staff look at all day, with a million requests in the database and with a thousand.

Beside the requests stand their consents, and rights requests, prospects and choices about cookies: the first page
counts them all.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from benchmarks.database import copied, working_beside
from benchmarks.figures import Figure, at_most
from benchmarks.turns import milliseconds, ratio, say, seconds, take_turns

FEW = 1_000
RIGHTS = 10_000
"""Rights requests among the many."""
MOST_QUERIES = 14
ADMIN = "/admin/"
TIMES = 3
"""A page is shown in one turn, after once that doesn't count."""
Place = Callable[[], AbstractContextManager[None]]


def measure(options: Namespace) -> Iterator[Figure]:
    from contact.desk.queues import QUEUES
    from customerlabs.models import StaffMember
    from tests.desk.desk import INBOX, signed_in
    from tests.first_page.many import empty, fill

    officer = StaffMember.objects.create_superuser("officer@example.com", "a long enough password")
    client = signed_in(officer)
    client.defaults["SERVER_NAME"] = "127.0.0.1"
    pages: dict[str, tuple[str, dict[str, str]]] = {
        "admin's first page": (ADMIN, {}),
        "inbox": (INBOX, {}),
        "rights queue": ("/admin/privacy/rightsrequest/", {}),
    }
    pages |= {f"inbox, {queue.name}": (INBOX, {"view": queue.name}) for queue in QUEUES}
    say("filling…")
    fill(FEW, rights=FEW, others=FEW)
    spread(options.rows // FEW)
    few = partial(working_beside, copied())
    empty()
    fill(options.rows, rights=RIGHTS, others=options.rows // 10)
    yield queries(client, options.rows)
    for name, (path, query) in pages.items():
        page = partial(client.get, path, query)
        sides = {"few": partial(shown, page, few), "many": partial(shown, page, nullcontext)}
        found = take_turns(sides, 2 if options.quick else 7)
        say(f"{name}: {milliseconds(found['few'])} with {FEW:,}, {milliseconds(found['many'])} with {options.rows:,}")
        yield at_most(f"{name}: time at {options.rows:,} requests / at {FEW:,}", 2, ratio(found, "many", "few"))


def spread(times: int) -> None:
    """The few over as many years as the many, or lists that are full of the many would be empty of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contact_contactrequest SET received_at = now() - (now() - received_at) * %s,"
            " last_activity_at = now() - (now() - last_activity_at) * %s",
            [times, times],
        )
        cursor.execute("VACUUM ANALYZE contact_contactrequest")


def queries(client: Any, rows: int) -> Figure:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        ask_for(partial(client.get, ADMIN))
    return Figure(
        what=f"queries of the admin's first page, with {rows:,} requests and {RIGHTS:,} rights requests",
        asked="< 15",
        found=str(len(captured)),
        holds=len(captured) <= MOST_QUERIES,
    )


def shown(page: Callable[[], Any], place: Place) -> float:
    """Seconds, on average."""
    with place():
        ask_for(page)
        return seconds(partial(ask_for, page, TIMES)) / TIMES


def ask_for(page: Callable[[], Any], times: int = 1) -> None:
    for _ in range(times):
        answer = page()
        if answer.status_code != 200:
            raise SystemExit(f"A page of the admin answered {answer.status_code}.")
