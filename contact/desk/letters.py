"""The weekly letter to the desk: how many requests wait, and where to read them. It names nobody."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from contact.desk.models import DeskReminder
from contact.desk.queues import LEFT_OPEN, OVERDUE, UNDELIVERED, UNREAD, visible
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written

TOLD = (OVERDUE, LEFT_OPEN)
"""What makes a letter worth sending: requests open past settings.CONTACT_OVERDUE (P8.1)."""
TOLD_BESIDES = (UNREAD, UNDELIVERED)


def something_waits() -> bool:
    return any(queue.pick(visible(), None).exists() for queue in TOLD)


def remind(reminder: DeskReminder) -> Message | None:
    """Counted at delivery; no letter when all was answered or closed meanwhile."""
    if not something_waits():
        return None
    inbox = settings.SITE_URL + reverse("admin:contact_contactrequest_changelist")
    with translation.override(settings.LANGUAGE_CODE):
        counts = [
            (str(queue.label), queue.pick(visible(), None).count(), f"{inbox}?view={queue.name}")
            for queue in (*TOLD, *TOLD_BESIDES)
        ]
    return written(
        "contact/letters/desk_reminder.txt",
        settings.LANGUAGE_CODE,
        to=settings.CONTACT_DESK_EMAIL,
        context={"counts": counts, "limit": settings.CONTACT_OVERDUE, "inactivity": settings.CONTACT_INACTIVITY},
        headers=AUTOMATIC,
    )


DESK_REMINDER = LetterKind(name="contact.desk_reminder", model=DeskReminder, compose=remind)

register_letter(DESK_REMINDER)
