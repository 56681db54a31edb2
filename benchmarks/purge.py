"""The purge beside a hand-written loop and beside django-gdpr-assist, all on one table in one run.

The sides take turns on slices of the same table: rows are a second apart, so a moment says how many of them are due.
"""

import json
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from benchmarks import bare
from benchmarks.clock import due
from benchmarks.database import ALONE, FILL, LETTERS, empty, fill_up
from benchmarks.environments import GDPR_ASSIST, answer_of, python_with
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.turns import Times, ratio, say, take_turns

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
SMALL = 10_000


def measure(options: Namespace) -> Iterator[Figure]:
    python_with(GDPR_ASSIST)
    small = in_a_small_table()
    slices = Slices(options.rows, 30)

    fill_up(FILL, options.rows)
    found = beside(slices, "contact.contactrequest", bare.anonymise)
    yield at_least(f"anonymising, {options.rows:,} rows: engine / bare SQL loop", 0.8, ratio(found, "engine", "bare"))
    large = statistics.median(found["engine"])
    yield with_their_consents(beside_gdpr_assist(slices))
    memory: list[float] = []
    yield two_workers(slices, memory)
    yield beside_the_form(slices, memory)
    yield Figure(
        what="peak memory of a purge", asked="< 150 MB", found=f"{max(memory):.0f} MB", holds=max(memory) < 150
    )

    empty()
    small += in_a_small_table()  # Before and after: the machine has its moods.
    flat = large / statistics.median(small)
    yield at_least(f"a row out of {options.rows:,} / a row out of {SMALL:,}: rows a second", 0.83, flat)
    fill_up(ALONE, options.rows)
    yield from requests_alone(beside_gdpr_assist(Slices(options.rows, 12)))

    empty()
    fill_up(LETTERS, options.rows)
    found = beside(Slices(options.rows, 12), "privacy.letter", bare.delete)
    yield at_least(f"deleting, {options.rows:,} rows: engine / bare SQL loop", 0.8, ratio(found, "engine", "bare"))


class Slices:
    """The rows of a table, handed out a slice at a time, the oldest first."""

    def __init__(self, rows: int, number: int) -> None:
        self.rows = rows
        self.size = rows // number  # The other tool takes its rows from the end.
        self.taken = 0

    def next(self) -> datetime:
        """The moment when the next slice is due."""
        self.taken += self.size
        return due(self.taken)

    def timed(self, work: Callable[[datetime], int]) -> float:
        """Rows a second on the next slice; whoever did another number of rows did another job."""
        now = self.next()
        began = time.perf_counter()
        done = work(now)
        seconds = time.perf_counter() - began
        if done != self.size:
            raise SystemExit(f"{done} rows instead of {self.size}: the sides do not do the same.")
        return done / seconds


def purge(now: datetime, label: str = "contact.contactrequest") -> int:
    """The engine's own batches by this rule, with the record of the run: what a night does for one table."""
    from privacy.retention.engine import batches, rules
    from privacy.retention.models import RetentionCount, RetentionRun

    rule = next(rule for rule in rules() if rule.label == label)
    run = RetentionRun.objects.create(trigger=RetentionRun.Trigger.COMMAND, started_at=now, seen_at=now)
    count = RetentionCount.objects.create(run=run, rule=label, cutoff=now)
    return sum(rows for rows, _ in batches(rule, now, count))


def in_a_small_table() -> list[float]:
    """Rows a second, all of 10,000 in a table of 10,000; several times."""
    rates = []
    for _ in range(4):
        fill_up(FILL, SMALL)
        began = time.perf_counter()
        rates.append(purge(due(SMALL)) / (time.perf_counter() - began))
        empty()
    say(f"a table of {SMALL:,} rows: {', '.join(f'{rate:,.0f}' for rate in rates[1:])} rows/s")
    return rates[1:]


def beside(slices: Slices, label: str, bare: Callable[[datetime], int]) -> Times:
    def engine(now: datetime) -> int:
        return purge(now, label)

    found = take_turns({"engine": lambda: slices.timed(engine), "bare": lambda: slices.timed(bare)}, ROUNDS)
    for side, rates in found.items():
        say(f"{label}, {side}: {', '.join(f'{rate:,.0f}' for rate in rates)} rows/s")
    return found


def beside_gdpr_assist(slices: Slices) -> Times:
    """The engine, the bare loop and the other tool: that one takes its rows from the end, and fewer of them."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    fewer = max(slices.rows // 500, 200)
    last = slices.rows

    def other() -> float:
        nonlocal last
        last -= fewer
        where = (str(database["HOST"]), str(database["USER"]), str(last), str(last + fewer))
        found = answer_of(GDPR_ASSIST, "gdpr_assist_site", *where, PGPASSWORD=str(database["PASSWORD"]))
        return float(found["rows"] / found["seconds"])

    sides = {"engine": lambda: slices.timed(purge), "bare": lambda: slices.timed(bare.anonymise), "assist": other}
    found = take_turns(sides, 3)
    for side, rates in found.items():
        say(f"anonymising, {side}: {', '.join(f'{rate:,.0f}' for rate in rates)} rows/s")
    return found


def requests_alone(found: Times) -> Iterator[Figure]:
    """What that tool does: it empties columns."""
    times = ratio(found, "engine", "assist")
    yield Figure(
        what="anonymising requests: engine / django-gdpr-assist 1.4.2, rows a second",
        asked="≥ × 100",
        found=f"× {times:,.0f}",
        holds=times >= 100,
        why=f"the bare SQL loop, which does the least there is to do, is × {ratio(found, 'bare', 'assist'):,.0f}.",
    )


def with_their_consents(found: Times) -> Figure:
    """Django deletes them at once: PostgreSQL sees at each of them that none of four tables points to it."""
    engine, hand = ratio(found, "engine", "assist"), ratio(found, "bare", "assist")
    return Figure(
        what="the same, and deleting their consents, which Django does for that tool; the bare SQL loop",
        found=f"× {engine:,.0f}; × {hand:,.0f}",
    )


def two_workers(slices: Slices, memory: list[float]) -> Figure:
    """One process, then two on as many rows: no slower together, and no row twice."""

    def one() -> float:
        return together(1)

    def together(processes: int) -> float:
        now = slices.next().isoformat()
        answers = [ended(process) for process in [started(now) for _ in range(processes)]]
        if sum(answer["rows"] for answer in answers) != slices.size:
            raise SystemExit("Two workers took a row twice, or left one.")
        memory.extend(answer["megabytes"] for answer in answers)
        return slices.size / max(answer["seconds"] for answer in answers)

    found = take_turns({"two": lambda: together(2), "one": one}, 2)
    for side, rates in found.items():
        say(f"{side} worker(s): {', '.join(f'{rate:,.0f}' for rate in rates)} rows/s")
    return at_least("two workers / one worker, no row twice", 1, ratio(found, "two", "one"))


def beside_the_form(slices: Slices, memory: list[float]) -> Figure:
    """The form, alone and while a purge goes on beside it."""

    def busy() -> float:
        process = started(slices.next().isoformat())
        time.sleep(2.5)  # It has begun by then.
        median = posts(60)
        memory.append(ended(process)["megabytes"])
        return median

    posts(30)
    found = take_turns({"busy": busy, "calm": lambda: posts(60)}, 2)
    say(f"a POST takes {found['calm'][-1]:.1f} ms, {found['busy'][-1]:.1f} ms during a purge")
    return at_most("median of a contact POST, during a purge / without", 1.25, ratio(found, "busy", "calm"))


def posts(number: int) -> float:
    """The median time of a contact POST, in ms, by the site's own code without a network."""
    from django.test import Client

    from tests.contact.posts import post

    client, times = Client(SERVER_NAME="127.0.0.1"), []
    for each in range(number):
        fields = post(email=f"bench{each}@example.com")
        began = time.perf_counter()
        answer = client.post("/en/contact/", fields)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 302:
            raise SystemExit(f"The form answered {answer.status_code}.")
    return statistics.median(times)


def started(now: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.purging", now]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  (ours)


def ended(process: "subprocess.Popen[str]") -> dict[str, float]:
    answer = process.communicate()[0]
    if process.returncode:
        raise SystemExit("A purge in a process of its own failed.")
    found: dict[str, float] = json.loads(answer.splitlines()[-1])
    return found
