from typing import Any

from django.core.management.base import BaseCommand

from contact.desk.upkeep import remind_desk


class Command(BaseCommand):
    help = (
        "Queue the weekly mail to CONTACT_DESK_EMAIL, if requests are open past CONTACT_OVERDUE. Beat does it every "
        "Monday; with cron instead, run it daily or weekly: a week has one such mail at most."
    )

    def handle(self, *, verbosity: int, **_: Any) -> None:
        queued = remind_desk()
        if verbosity >= 1:
            self.stdout.write("The mail is queued." if queued else "Nothing to send, or sent already this week.")
