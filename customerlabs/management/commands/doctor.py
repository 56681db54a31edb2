"""`manage.py doctor`: what is well, what is not, and what to do."""

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from customerlabs.doctor import configuration, machine, services, work
from customerlabs.doctor.frame import Examination, Verdict, examine

PARTS = (
    Examination("configuration", configuration.configuration, seconds=30),
    Examination("keys", configuration.keys, seconds=30),
    Examination("database", services.database),
    Examination("broker", services.broker),
    Examination("clock", machine.clock),
    Examination("disk", machine.disk),
    Examination("storage", machine.storage, seconds=20),
    Examination("mail", services.mail, seconds=15),
    Examination("worker", work.worker, seconds=12),
    Examination("beat", work.beat),
    Examination("purge", work.purge),
    Examination("backup", work.backup),
    Examination("drill", work.drill),
    Examination("commitments", work.commitments),
)


class Command(BaseCommand):
    help = (
        "Look at everything the site stands on, and say of each part what to do. Changes nothing, sends nothing. Exit "
        "status 1 when something is wrong."
    )
    requires_system_checks = ()  # They are one of the parts.

    def handle(self, **_: Any) -> None:
        verdicts: Counter[Verdict] = Counter()
        for name, diagnosis in examine(PARTS):
            verdicts[diagnosis.verdict] += 1
            self.stdout.write(f"{diagnosis.verdict.value:<8} {name:<14} {diagnosis.said}")
            if diagnosis.to_do:
                self.stdout.write(f"{'':<23} → {diagnosis.to_do}")
        self.stdout.write(", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict) + ".")
        if verdicts[Verdict.WRONG]:
            sys.exit(1)
