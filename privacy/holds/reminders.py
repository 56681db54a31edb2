"""The officer is reminded a week before a hold is to be looked at again, and each week until it was."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from privacy.holds.keeping import place_alone
from privacy.holds.models import Hold
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.models import Letter
from privacy.letters.queue import queue_letter
from privacy.officer import NOBODY, to_officer

BEFORE = timedelta(days=7)
AGAIN = timedelta(days=6, hours=12)
"""Less than a week, since the hour of a daily task moves a little."""


def remind_of_holds() -> int:
    """Queue a reminder for each hold whose review comes within a week or is late. Returns how many."""
    now = timezone.now()
    told = Letter.objects.filter(kind=HOLD_REVIEW.name, record_id=OuterRef("pk"), created_at__gt=now - AGAIN)
    with transaction.atomic():
        place_alone()  # Two at once would write the same letters.
        due = Hold.objects.standing(now).filter(review_on__lte=timezone.localdate(now) + BEFORE).exclude(Exists(told))
        holds = list(due.order_by("pk"))
        for hold in holds:
            queue_letter(HOLD_REVIEW, hold, subject_key=NOBODY)
    return len(holds)


def compose(hold: Hold) -> Message | None:
    """None for one that was lifted or reviewed meanwhile."""
    if not hold.stands or hold.review_on > timezone.localdate() + BEFORE:
        return None
    return to_officer("privacy/letters/hold_review.txt", hold, hold=hold)


HOLD_REVIEW = LetterKind(name="privacy.hold-review", model=Hold, compose=compose)

register_letter(HOLD_REVIEW)
