"""What is done for the desk when nobody does it: closing what has gone silent, saying what waits."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contact.desk.letters import DESK_REMINDER, something_waits
from contact.desk.models import DeskReminder
from contact.letters import CLOSED
from contact.models import ContactRequest
from privacy.broker import poke_once_committed
from privacy.letters.models import Letter
from privacy.letters.queue import queue_letter
from privacy.letters.tasks import deliver_letters

BATCH = 1000
"""Requests in one transaction."""
NOBODY = ""
"""The subject key of a letter about nobody."""


def close_inactive_requests() -> int:
    """Close what is open and has had no word from either side for settings.CONTACT_INACTIVITY; tell each person (P8.1).

    A batch is one transaction, of five statements however many rows: closed and told, or neither. Several may run at
    once: each takes rows the others don't hold, and looks again at their clock while it holds them. Returns how many
    were closed. To be called outside any transaction.
    """
    closed = 0
    while True:
        with transaction.atomic():
            now = timezone.now()
            silent = ContactRequest.objects.usable().filter(
                status__in=ContactRequest.OPEN, last_activity_at__lte=settings.CONTACT_INACTIVITY.before(now)
            )
            rows = list(
                silent.select_for_update(skip_locked=True).values_list("pk", "subject_key", "is_anonymised")[:BATCH]
            )
            ContactRequest.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(
                status=ContactRequest.Status.CLOSED, closed_at=now, last_activity_at=now
            )
            Letter.objects.bulk_create(
                Letter(kind=CLOSED.name, record_id=pk, subject_key=key, created_at=now, due_at=now)
                for pk, key, is_anonymised in rows
                if not is_anonymised
            )
            if rows:
                poke_once_committed(deliver_letters)
        closed += len(rows)
        if len(rows) < BATCH:
            return closed


def remind_desk() -> bool:
    """Queue this week's letter to the desk, if something waits and this week has had none. Returns whether it did.

    The week begins on Monday in settings.TIME_ZONE. That there is one letter a week is the database's word, by a unique
    column, since beats, crons and people may all ask at once.
    """
    if not something_waits():
        return False
    with transaction.atomic():
        reminder, is_new = DeskReminder.objects.get_or_create(week=monday_of(timezone.localdate()))
        if is_new:
            queue_letter(DESK_REMINDER, reminder, subject_key=NOBODY)
    return is_new


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
