"""The mail to the DPO when commitments turn red."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.commitments.models import WatchedCommitment
from privacy.commitments.standing import Standing, standings
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written


def tell_broken(first: WatchedCommitment) -> Message | None:
    """Those told together with this one, as they stand at delivery; no letter when all are green again."""
    together = [
        standing
        for standing in standings()
        if standing.watched is not None and standing.watched.told_at == first.told_at and not standing.watched.kept
    ]
    if not together:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        return written(
            "privacy/letters/commitments_broken.txt",
            settings.LANGUAGE_CODE,
            to=settings.CONTROLLER.dpo_email,
            context={"broken": [(standing, _page(standing)) for standing in together]},
            headers=AUTOMATIC,
        )


def _page(standing: Standing) -> str:
    if standing.watched is None:
        raise ValueError("Never checked.")
    return str(settings.SITE_URL) + reverse("admin:privacy_watchedcommitment_change", args=[standing.watched.pk])


BROKEN = LetterKind(name="privacy.commitments_broken", model=WatchedCommitment, compose=tell_broken)

register_letter(BROKEN)
