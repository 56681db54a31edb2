"""One person's copy and one person's erasure, among ten million requests and among ten thousand.

The others' rows are lean, since it is their number that counts: a key, an address and a word each, emptied long ago as
far as the index of words is concerned.
"""

import statistics
import time
from argparse import Namespace
from collections.abc import Iterator

from benchmarks.figures import Figure, at_most
from benchmarks.turns import milliseconds, say

FEW = 10_000
PART = 1_000_000
EACH = 7
"""People looked for; the first one warms up."""
OTHERS = """
    INSERT INTO contact_contactrequest (
        kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, status,
        received_at, last_activity_at, closed_at, is_anonymised
    )
    SELECT 'contact', '', '', 'p' || n || '@example.com', '', 'Bonjour', 'fr', false,
        '00000000:' || md5(n::text) || md5((-n)::text), 'closed', at, at, at, true
    FROM (SELECT n, now() - n * interval '10 seconds' AS at FROM generate_series(%s, %s) AS n) AS numbers
"""


def measure(options: Namespace) -> Iterator[Figure]:
    fill(1, FEW)
    few = copies_and_erasures()
    fill(FEW + 1, options.people)
    many = copies_and_erasures()
    for what in few:
        say(f"{what}: {milliseconds(few[what])} among {FEW:,}, {milliseconds(many[what])} among {options.people:,}")
        yield at_most(
            f"{what} of one person: time among {options.people:,} rows / among {FEW:,}",
            2,
            statistics.median(many[what]) / statistics.median(few[what]),
        )


def copies_and_erasures() -> dict[str, list[float]]:
    """Seconds a worker takes to carry out each, for people who wrote three times and asked for news."""
    from privacy.rights.kinds import Right
    from tests.consents.people import wrote
    from tests.fulfilment.granting import carry_out, granted
    from tests.prospects.people import confirmed
    from tests.rights.people import somebody

    found: dict[str, list[float]] = {"access export": [], "erasure": []}
    for number in range(EACH):
        address = somebody()
        for _ in range(3):
            wrote(address)
        confirmed(address)
        for what, right in (("access export", Right.ACCESS), ("erasure", Right.ERASURE)):
            request = granted(right, address)
            began = time.perf_counter()
            carry_out(request)
            if number:
                found[what].append(time.perf_counter() - began)
    return found


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
