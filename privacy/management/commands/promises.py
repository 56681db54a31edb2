from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from privacy.commitments.frame import all_commitments
from privacy.commitments.proofs import proofs
from privacy.promises import PROMISES


class Command(BaseCommand):
    help = "Print each promise of the policy, the tests that prove it and the commitments that watch it."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        """A promise with neither is marked; tests/commitments/test_promises.py fails for it."""
        bare = 0
        with translation.override("en"):
            for promise in PROMISES.values():
                tests = [proof for proof in proofs() if proof.promise == promise.id]
                watched = [each for each in all_commitments() if promise.id in each.promises]
                bare += not tests and not watched
                said = "" if tests or watched else " (NOTHING PROVES IT)"
                self.stdout.write(f"{promise.id:<6} {promise.title}{said}")
                for each in watched:
                    self.stdout.write(f"         check  {each.name}")
                for proof in tests:
                    self.stdout.write(f"         test   {proof.path}::{proof.test}")
        self.stdout.write(f"{len(PROMISES)} promises, {bare} that nothing proves.")
