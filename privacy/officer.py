"""What the officer is written: about a record by its number, about nobody, and in the site's language."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from privacy.letters.kinds import LetterKind, Message
from privacy.letters.queue import queue_letter
from privacy.letters.rendering import AUTOMATIC, written

NOBODY = ""
"""The subject key of such a letter."""
MOST = 1000


def to_officer(template: str, record: Model, **context: Any) -> Message:
    """The letter from its template, with the page of this record in the admin as `page`."""
    return written(
        template,
        settings.LANGUAGE_CODE,
        to=settings.CONTROLLER.dpo_email,
        context={**context, "page": page_of(record)},
        headers=AUTOMATIC,
    )


def page_of(record: Model) -> str:
    """The whole address of its page in the admin."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{reverse(name, args=[record.pk])}"


def remind(running: QuerySet[Any], steps: Mapping[int, Q], kind: LetterKind, *, warned: str) -> int:
    """Queue a letter about each of these rows that has come as close as a step says. Returns how many.

    `steps` has, for what is left (days or hours), the condition that a row is that close. `warned` is the column that
    keeps what was left at the last reminder: whoever writes it first sends the letter. Rows missed for long get only
    the nearest step.
    """
    told = 0
    for left in sorted(steps):
        due = running.filter(Q(**{warned: None}) | Q(**{f"{warned}__gt": left}))
        for pk in list(due.filter(steps[left]).values_list("pk", flat=True)[:MOST]):
            with transaction.atomic():
                if due.filter(pk=pk).update(**{warned: left}):
                    queue_letter(kind, running.model(pk=pk), subject_key=NOBODY)
                    told += 1
    return told
