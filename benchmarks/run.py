"""`make bench`: the engine beside a hand-written loop and beside django-gdpr-assist, all on one database in one run.

Sides take turns on slices of the same table, and each figure is a median of the rounds, so that whatever else the
machine does falls on all of them. Writes benchmarks/results.md. `--rows 100000` for a quick look.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks.database import FILL, LETTERS, fill, served, settle

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
SMALL = 10_000


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], int], expected: int) -> float:
    """Rows a second; whoever did another number of rows did another job."""
    began = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - began
    if done != expected:
        raise SystemExit(f"{done} rows instead of {expected}: the sides do not do the same.")
    return done / seconds


def purge(now: datetime, label: str = "contact.contactrequest") -> int:
    """The engine's own batches by this rule, with the record of the run: what a night does for one table."""
    from privacy.retention.engine import batches, rules
    from privacy.retention.models import RetentionCount, RetentionRun

    rule = next(rule for rule in rules() if rule.label == label)
    run = RetentionRun.objects.create(trigger=RetentionRun.Trigger.COMMAND, started_at=now, seen_at=now)
    count = RetentionCount.objects.create(run=run, rule=label, cutoff=now)
    return sum(rows for rows, _ in batches(rule, now, count))


def started(now: datetime) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.purge", now.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  (ours)


def ended(process: "subprocess.Popen[str]") -> dict[str, float]:
    answer = process.communicate()[0]
    if process.returncode:
        raise SystemExit("A purge in a process of its own failed.")
    found: dict[str, float] = json.loads(answer.splitlines()[-1])
    return found


def beside_a_bare_loop(
    table: str, rows: int, taken: int, label: str, bare: Callable[[datetime], int]
) -> tuple[list[float], list[float], int]:
    """Rounds of both sides on slices of `rows` rows, from the row number `taken` on; one slice of each warms up."""
    from benchmarks.clock import due

    ours: list[float] = []
    theirs: list[float] = []
    for number in range(ROUNDS + 1):
        sides = [(ours, lambda now: purge(now, label)), (theirs, bare)]
        for rates, work in sides if number % 2 else sides[::-1]:
            taken += rows
            rates.append(timed(lambda work=work, taken=taken: work(due(taken)), rows))  # type: ignore[misc]
        say(f"  {table}, round {number}: engine {ours[-1]:,.0f} rows/s, bare {theirs[-1]:,.0f} rows/s")
    return ours[1:], theirs[1:], taken


def ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


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


def measure(rows: int) -> list[tuple[str, str, str]]:
    """Every figure: what is measured, what is asked, what was found."""
    from django.conf import settings
    from django.db import connection

    from benchmarks import assist, bare
    from benchmarks.clock import due

    found: list[tuple[str, str, str]] = []
    assist.environment()

    # Warm up, then 10,000 rows in a table of 10,000: what a row costs in a small table.
    small = []
    with connection.cursor() as cursor:
        for number in range(4):
            fill(FILL, SMALL, first=-SMALL * (number + 1) - rows)
            settle()
            small.append(timed(lambda number=number: purge(due(-SMALL * number - rows)), SMALL))  # type: ignore[misc]
            cursor.execute("TRUNCATE contact_contactrequest, privacy_consent CASCADE")
    say(f"  a table of {SMALL:,} rows: {statistics.median(small[1:]):,.0f} rows/s")

    say(f"  filling {rows:,} rows…")
    for first in range(0, rows, 100_000):
        fill(FILL, min(100_000, rows - first), first)
    settle()
    part = rows // 25
    ours, theirs, taken = beside_a_bare_loop("anonymising", part, 0, "contact.contactrequest", bare.anonymise)
    found.append((f"anonymising, {rows:,} rows: engine / bare SQL loop", "≥ 0.80", f"{ratio(ours, theirs):.2f}"))
    flat = statistics.median(ours) / statistics.median(small[1:])
    found.append((f"a row out of {rows:,} / a row out of {SMALL:,}: rows a second", "≥ 0.83", f"{flat:.2f}"))

    # django-gdpr-assist on rows of the same table, between two slices of the engine.
    rates = []
    fewer = max(rows // 500, 200)
    password = str(settings.DATABASES["default"]["PASSWORD"])
    for number in range(3):
        last = rows - number * fewer
        rate = assist.rows_a_second(
            Path(str(settings.DATABASES["default"]["HOST"])), "customerlabs", password, last - fewer, last
        )
        taken += part
        our = timed(lambda taken=taken: purge(due(taken)), part)  # type: ignore[misc]
        rates.append(our / rate)
        say(f"  django-gdpr-assist {rate:,.0f} rows/s, engine {our:,.0f} rows/s")
    times = f"× {statistics.median(rates):,.0f}"
    found.append(("anonymising: engine / django-gdpr-assist 1.4.2", "≥ × 100", times))

    # One process, then two on as many rows: neither slower together, no row twice.
    alone = []
    together = []
    memory: list[float] = []
    for number in range(3):
        taken += part
        one = ended(started(due(taken)))
        taken += part
        two = [started(due(taken)) for _ in range(2)]
        answers = [ended(process) for process in two]
        slowest = max(answer["seconds"] for answer in answers)
        if sum(answer["rows"] for answer in answers) != part:
            raise SystemExit("Two workers took a row twice, or left one.")
        alone.append(one["rows"] / one["seconds"])
        together.append(part / slowest)
        memory += [answer["megabytes"] for answer in (one, *answers)]
        say(f"  round {number}: one worker {alone[-1]:,.0f}, two {together[-1]:,.0f} rows/s, {max(memory):.0f} MB")
    found.append(("two workers / one worker, no row twice", "≥ 1.00", f"{ratio(together, alone):.2f}"))

    # The form, alone and while a purge goes on beside it.
    posts(30)
    ratios = []
    for number in range(3):
        calm = posts(60)
        taken += part
        process = started(due(taken))
        time.sleep(2.5)  # It has begun by then.
        busy = posts(60)
        memory.append(ended(process)["megabytes"])
        ratios.append(busy / calm)
        say(f"  round {number}: a POST takes {calm:.1f} ms, {busy:.1f} ms during a purge")
    found.append(("median of a contact POST, during a purge / without", "≤ 1.25", f"{statistics.median(ratios):.2f}"))

    found.append(("peak memory of a purge, MB", "< 150", f"{max(memory):.0f}"))

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contact_contactrequest, privacy_consent, privacy_letter CASCADE")
    say(f"  filling {rows:,} letters…")
    for first in range(0, rows, 100_000):
        fill(LETTERS, min(100_000, rows - first), first)
    settle()
    ours, theirs, _ = beside_a_bare_loop("deleting", part, 0, "privacy.letter", bare.delete)
    found.insert(1, (f"deleting, {rows:,} rows: engine / bare SQL loop", "≥ 0.80", f"{ratio(ours, theirs):.2f}"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the purge.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results.md")
    options = parser.parse_args()
    # The form is posted a few hundred times by one client.
    os.environ.update(CONTACT_LIMIT_CLIENT="100000,200000", CONTACT_LIMIT_SITE="100000,200000")
    os.environ.update(LETTERS_PER_ADDRESS="100000", LETTERS_TO_STRANGERS="100000", LOG_LEVEL="ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "customerlabs.settings")
    with served():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        found = measure(options.rows)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load at the end {load}.",
        "",
        "| what | asked | found |",
        "|---|---|---|",
        *(f"| {what} | {asked} | {figure} |" for what, asked, figure in found),
    ]
    say("\n".join(lines))
    if options.write:
        (ROOT / "benchmarks" / "results.md").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


HEAD = """# What `make bench` found

All from one run on one database, the embedded PostgreSQL with its usual durable settings. The sides take turns on
slices of one table and each figure is a median of several rounds, since other programs may load the machine meanwhile.

"""

if __name__ == "__main__":
    main()
