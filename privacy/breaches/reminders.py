"""The officer is reminded of a breach with 48 and 24 hours left, and when it is late, unless it is settled by then."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from privacy.breaches.clock import clock_of
from privacy.breaches.models import LIMIT, Breach
from privacy.breaches.reading import moment
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.queue import queue_letter
from privacy.letters.rendering import AUTOMATIC, written

HOURS = (48, 24, 0)
NOBODY = ""
"""The letter goes to the officer: it is about a breach by its number, and about nobody."""


def remind_of_breaches() -> int:
    """Queue a reminder for each breach that has come that close; once for each step. Returns how many."""
    now = timezone.now()
    told = 0
    for hours in sorted(HOURS):
        not_told = Q(warned=None) | Q(warned__gt=hours)
        near = Breach.objects.unsettled().filter(aware_at__lte=now - LIMIT + timedelta(hours=hours))
        for pk in list(near.filter(not_told).order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                if Breach.objects.unsettled().filter(not_told, pk=pk).update(warned=hours):
                    queue_letter(BREACH_REMINDER, Breach(pk=pk), subject_key=NOBODY)
                    told += 1
    return told


def compose(breach: Breach) -> Message | None:
    """None for what was settled meanwhile."""
    if breach.is_settled:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        page = settings.SITE_URL + reverse("admin:privacy_breach_change", args=[breach.pk])
        words, due = clock_of(breach).words, moment(breach.due_at)
    return written(
        "privacy/letters/breach.txt",
        settings.LANGUAGE_CODE,
        to=settings.CONTROLLER.dpo_email,
        context={"breach": breach, "words": words, "due": due, "page": page},
        headers=AUTOMATIC,
    )


BREACH_REMINDER = LetterKind(name="privacy.breach", model=Breach, compose=compose)

register_letter(BREACH_REMINDER)
