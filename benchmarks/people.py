"""One person's copy and one person's erasure, among ten million requests and among ten thousand.

The others' rows are lean, since it is their number that counts: a key, an address and a word each, emptied long ago as
far as the index of words is concerned.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from benchmarks.database import copied, working_beside
from benchmarks.figures import Figure, at_most
from benchmarks.turns import milliseconds, ratio, say, seconds, take_turns

FEW = 10_000
PART = 1_000_000
ROUNDS = 10
OTHERS = """
    INSERT INTO contact_contactrequest (
        kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, status,
        received_at, last_activity_at, closed_at, is_anonymised
    )
    SELECT 'contact', '', '', 'p' || n || '@example.com', '', 'Bonjour', 'fr', false,
        '00000000:' || md5(n::text) || md5((-n)::text), 'closed', at, at, at, true
    FROM (SELECT n, now() - n * interval '10 seconds' AS at FROM generate_series(%s, %s) AS n) AS numbers
"""
Place = Callable[[], AbstractContextManager[None]]


def measure(options: Namespace) -> Iterator[Figure]:
    from privacy.rights.kinds import Right

    fill(1, FEW)
    few = partial(working_beside, copied())
    fill(FEW + 1, options.people)
    for what, right in (("access export", Right.ACCESS), ("erasure", Right.ERASURE)):
        sides = {"few": partial(carried_out, right, few), "many": partial(carried_out, right, nullcontext)}
        found = take_turns(sides, ROUNDS)
        say(f"{what}: {milliseconds(found['few'])} among {FEW:,}, {milliseconds(found['many'])} among many")
        yield at_most(
            f"{what} of one person: time among {options.people:,} rows / among {FEW:,}", 2, ratio(found, "many", "few")
        )


def carried_out(right: Any, place: Place) -> float:
    """Seconds that a worker takes for somebody who wrote three times and asked for news."""
    from tests.consents.people import wrote
    from tests.fulfilment.granting import carry_out, granted
    from tests.prospects.people import confirmed
    from tests.rights.people import somebody

    with place():
        address = somebody()
        for _ in range(3):
            wrote(address)
        confirmed(address)
        return seconds(partial(carry_out, granted(right, address)))


def fill(first: int, last: int) -> None:
    """The index of keys is built last: keys come in no order, and would be written all over it."""
    from django.db import connection

    say(f"filling {last - first + 1:,} requests…")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_subject'::regclass)")
        [keys] = cursor.fetchone() or [""]
        cursor.execute("DROP INDEX contactrequest_subject")
        for start in range(first, last + 1, PART):
            cursor.execute(OTHERS, [start, min(start + PART - 1, last)])
            if last > PART:
                say(f"{min(start + PART - 1, last):,}")
        cursor.execute(keys)
        cursor.execute("VACUUM ANALYZE contact_contactrequest")
