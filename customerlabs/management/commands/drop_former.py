"""`manage.py drop_former`: the databases that restores put aside go now, and not in a week."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customerlabs.management.at_hand import database_at_hand
from privacy.continuity.refusal import Refused
from privacy.continuity.restore import drop_formers


class Command(BaseCommand):
    help = "Drop the databases that a restore put aside, or left half-done: they hold people's data."

    def handle(self, **_: Any) -> None:
        try:
            with database_at_hand():
                dropped = drop_formers(timezone.now(), at_once=True)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Dropped: {', '.join(dropped)}." if dropped else "There was none.")
