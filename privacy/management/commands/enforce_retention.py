import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from privacy.retention.engine import Rule, enforce_retention
from privacy.retention.models import RetentionCount, RetentionRun


class Command(BaseCommand):
    help = "Anonymise or delete every row whose retention period has ended. Safe to run at any time, and twice at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")

    def handle(self, *, dry_run: bool, verbosity: int, **_: Any) -> None:
        """One line at the end; a progress bar on a terminal. Exit status 1 when a rule failed."""
        hidden = verbosity < 1 or dry_run or not sys.stderr.isatty()
        with tqdm(unit=" rows", disable=hidden, file=sys.stderr, leave=False) as bar:

            def progress(rule: Rule, rows: int) -> None:
                bar.set_description(rule.label, refresh=False)
                bar.update(rows)

            run = enforce_retention(RetentionRun.Trigger.COMMAND, dry_run=dry_run, progress=progress)
        counts = list(run.counts.order_by("pk"))
        total = sum(count.rows for count in counts)
        told = ", ".join(f"{count.rule} {count.rows}" for count in counts if count.rows) or "nothing was due"
        left = _held_back(counts)
        failed = [f"{count.rule} ({count.error})" for count in counts if count.error]
        if failed:
            raise CommandError(f"Run {run.pk}: {total} rows emptied ({told}){left}; failed: {', '.join(failed)}.")
        verb = "would be emptied" if dry_run else "emptied"
        if verbosity >= 1:
            self.stdout.write(f"Run {run.pk}: {total} rows {verb} ({told}){left}.")


def _held_back(counts: list[RetentionCount]) -> str:
    """What was due and is left, with the reason."""
    kept = [
        f"{count.rule} {number} {why}"
        for count in counts
        for number, why in ((count.held, "held"), (count.restricted, "restricted"), (count.in_use, "being used"))
        if number
    ]
    return f"; held back: {', '.join(kept)}" if kept else ""
