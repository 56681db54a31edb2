"""The letter to somebody who typed an address to take back what it agreed to."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from privacy.consents.links import CHOOSE
from privacy.consents.models import WithdrawalRequest
from privacy.consents.withdrawal import given_by
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import single_use


def send_choice(asked: WithdrawalRequest) -> Message | None:
    """None for an address that agrees to nothing: here alone it is looked up, out of the visitor's sight."""
    now = timezone.now()
    if not asked.is_good(now) or not given_by(asked.address):
        return None
    token = single_use.mint(CHOOSE, asked, subject_key=asked.subject_key, life=asked.good_until - now)
    with translation.override(asked.language):
        url = settings.SITE_URL + reverse("choose-consents", args=[token])
    return written(
        "privacy/letters/withdrawal.txt",
        asked.language,
        to=asked.address,
        reply_to=settings.CONTROLLER.dpo_email,
        context={"url": url, "until": asked.good_until},
        headers=AUTOMATIC,
    )


CHOICE = LetterKind(name="privacy.withdrawal", model=WithdrawalRequest, compose=send_choice)

register_letter(CHOICE)
