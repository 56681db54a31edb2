"""The letter that asks whether a stranger really wants our news."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from contact.prospects.models import Prospect
from privacy.consents.links import NOBODY, withdrawal_url
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import single_use
from privacy.objections.standing import objected_since
from privacy.subjects import subject_keys

NEWS_LINK = single_use.register_link("contact.news", Prospect)
PENDING_LIFE = timedelta(days=7)


def ask_to_confirm_news(prospect: Prospect) -> Message | None:
    """Nothing of what was typed stands in it: the address may be a stranger's.

    None for one who has confirmed already, under this row or another, once the time to confirm is over, and for who
    has objected since they asked.
    """
    now = timezone.now()
    keys = subject_keys(prospect.email)
    if prospect.pending_until is None or prospect.pending_until <= now:
        return None
    if Prospect.objects.confirmed().filter(subject_key__in=keys).exists() or objected_since(keys, prospect.asked_at):
        return None
    if not Prospect.objects.usable().filter(pk=prospect.pk).exists():
        return None
    token = single_use.mint(NEWS_LINK, prospect, subject_key=prospect.subject_key, life=prospect.pending_until - now)
    with translation.override(prospect.language):
        url = settings.SITE_URL + reverse("contact:news-confirm", args=[token])
    return written(
        "contact/letters/news_confirmation.txt",
        prospect.language,
        to=prospect.email,
        context={
            "url": url,
            "until": prospect.pending_until,
            "withdraw": withdrawal_url(prospect.consent_id or NOBODY, prospect.language),
        },
        reply_to=settings.CONTACT_DESK_EMAIL,
        headers=AUTOMATIC,
    )


NEWS_CONFIRMATION = LetterKind(name="contact.news_confirmation", model=Prospect, compose=ask_to_confirm_news)

register_letter(NEWS_CONFIRMATION)
