import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from privacy.commitments.checking import check_commitments
from privacy.commitments.frame import Commitment
from privacy.commitments.models import WatchedCommitment
from privacy.commitments.page import as_json, overview
from privacy.commitments.standing import standing_of


class Command(BaseCommand):
    help = (
        "Check every commitment of the policy on the live data, and tell the DPO which turned red. Exit status 1 when "
        "one is not kept. Beat does it every day; with cron instead, run it daily after enforce_retention."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print what /commitments.json says")

    def handle(self, *, json: bool, verbosity: int, **_: Any) -> None:
        """A line for each as it is checked; green and red only on a terminal. No line names anybody."""
        quiet = json or verbosity < 1
        with translation.override("en"):
            done = check_commitments(progress=None if quiet else self.tell)
            if json:
                self.stdout.write(self.as_text())
        broken = [watched.name for watched in done if not watched.kept]
        if broken:
            raise CommandError(f"{len(broken)} of {len(done)} not kept: {', '.join(broken)}.")
        if not quiet:
            self.stdout.write(f"All {len(done)} commitments are kept.")

    def tell(self, commitment: Commitment, watched: WatchedCommitment, seconds: float) -> None:
        state = standing_of(watched).label
        colour = self.style.SUCCESS if watched.kept else self.style.ERROR
        mark = f"{'✓' if watched.kept else '✗'} {state:<20}"
        found = watched.error or commitment.figure(watched.number, watched.on)
        line = f"{'/'.join(commitment.promises):<11} {commitment.name:<34} {found:<34} {seconds * 1000:>6.0f} ms"
        self.stdout.write(f"{colour(mark)} {line}")
        for place in watched.where.splitlines():
            self.stdout.write(f"{'':<22} {place}")

    @staticmethod
    def as_text() -> str:
        return json.dumps(as_json(overview()), ensure_ascii=False, indent=1)
