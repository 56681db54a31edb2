from typing import Any

from django.core.management.base import BaseCommand

from contact.desk.upkeep import close_inactive_requests


class Command(BaseCommand):
    help = (
        "Close every request without activity for CONTACT_INACTIVITY, and tell who wrote it. Beat does it every night; "
        "with cron instead, run it before enforce_retention. Safe to run at any time, and twice at once."
    )

    def handle(self, *, verbosity: int, **_: Any) -> None:
        number = close_inactive_requests()
        if verbosity >= 1:
            self.stdout.write(f"{number} requests closed.")
