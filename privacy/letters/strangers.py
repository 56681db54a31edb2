"""Letters to an address that anybody may have typed: so many a day, whoever asks."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from privacy.letters.kinds import LetterKind
from privacy.letters.models import Letter
from privacy.letters.queue import queue_letter
from privacy.limits.counting import Limit, spend_in_turn

A_DAY = timedelta(days=1)


def queue_to_stranger(kind: LetterKind, record: Any, *, subject_key: str, apart: str = "") -> Letter:
    """Queue a letter that a visitor's form asks for, in the caller's transaction.

    Past settings.LETTERS_PER_ADDRESS a day to one address, or settings.LETTERS_TO_STRANGERS a day in all, the letter
    is written down as dropped, so that nobody can make the site pester a stranger. The visitor is not told: what they
    see may not depend on what others sent to that address. Letters counted `apart`, under that name, are neither kept
    back by the others nor keep them back: a right must not wait because somebody wrote four messages.
    """
    letter = queue_letter(kind, record, subject_key=subject_key)
    counted = f"letters.{apart}." if apart else "letters."
    counts = spend_in_turn(
        (Limit(name=f"{counted}address", most=settings.LETTERS_PER_ADDRESS, window=A_DAY), subject_key),
        (Limit(name=f"{counted}strangers", most=settings.LETTERS_TO_STRANGERS, window=A_DAY), "site"),
    )
    if counts[-1].over:
        why = "too many to this address" if len(counts) == 1 else "too many"
        letter.finish(Letter.State.DROPPED, timezone.now(), why)
    return letter
