"""The officer is reminded of a breach with 48 and 24 hours left, and when it is late, unless it is settled by then.

Of a date the CNIL has set for an answer: as of that of a rights request, ten and three days before, and on the day.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from privacy.breaches.clock import clock_of
from privacy.breaches.models import LIMIT, Breach
from privacy.breaches.reading import moment
from privacy.clocks import clock_until
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.officer import remind, to_officer
from privacy.templatetags.privacy import day_in_words

HOURS = (48, 24, 0)
DAYS = (10, 3, 0)


def remind_of_breaches() -> int:
    """Queue a reminder for each breach that has come that close; once for each step. Returns how many."""
    now = timezone.now()
    steps = {hours: Q(aware_at__lte=now - LIMIT + timedelta(hours=hours)) for hours in HOURS}
    return remind(Breach.objects.unsettled().order_by("pk"), steps, BREACH_REMINDER, warned="warned")


def remind_of_answers() -> int:
    """The same for each answer that the CNIL awaits."""
    today = timezone.localdate()
    steps = {days: Q(answer_by__lte=today + timedelta(days=days)) for days in DAYS}
    return remind(Breach.objects.order_by("answer_by", "pk"), steps, ANSWER_REMINDER, warned="answer_warned")


def compose(breach: Breach) -> Message | None:
    """None for what was settled meanwhile."""
    if breach.is_settled:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        words, due = clock_of(breach).words, moment(breach.due_at)
    return to_officer("privacy/letters/breach.txt", breach, breach=breach, words=words, due=due)


def compose_answer(breach: Breach) -> Message | None:
    """None for what was answered meanwhile."""
    if breach.answer_by is None:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        words, due = clock_until(breach.answer_by).words, day_in_words(breach.answer_by)
    return to_officer("privacy/letters/breach_answer.txt", breach, breach=breach, words=words, due=due)


BREACH_REMINDER = LetterKind(name="privacy.breach", model=Breach, compose=compose)
ANSWER_REMINDER = LetterKind(name="privacy.breach-answer", model=Breach, compose=compose_answer)

register_letter(BREACH_REMINDER, ANSWER_REMINDER)
