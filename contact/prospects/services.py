"""The only writers of prospects."""

from django.db import transaction
from django.utils import timezone

from contact.prospects.letters import NEWS_CONFIRMATION, NEWS_LINK, PENDING_LIFE
from contact.prospects.models import Prospect
from contact.prospects.purposes import NEWS
from privacy.consents.models import ConsentEvent
from privacy.consents.services import end_consent, record_consent, record_event
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.subjects import subject_key, subject_keys


def invite_prospect(*, first_name: str, last_name: str, email: str, language: str) -> None:
    """Somebody ticked the box: write a pending prospect, its consent, and the mail that asks to confirm it (P3.2).

    The same is written whether they are a prospect already or not; at delivery, the mail to one who is gets dropped.
    To be called in the caller's transaction.
    """
    now = timezone.now()
    key = subject_key(email)
    prospect = Prospect.objects.create(
        first_name=first_name,
        last_name=last_name,
        email=email,
        language=language,
        subject_key=key,
        asked_at=now,
        pending_until=now + PENDING_LIFE,
    )
    record_consent(NEWS, subject_key=key, language=language, form="contact", at=now)
    queue_to_stranger(NEWS_CONFIRMATION, prospect, subject_key=key)


def confirm_prospect(token: str) -> bool:
    """The person confirms: from now on they may be written to. False for a link that is used, unknown or too old."""
    now = timezone.now()
    with transaction.atomic():
        link = single_use.use(NEWS_LINK, token)
        prospect = Prospect.objects.select_for_update().filter(pk=link.record_id).first() if link else None
        if prospect is None:
            return False
        record_event(
            ConsentEvent.Kind.CONFIRMED,
            NEWS,
            subject_key=prospect.subject_key,
            language=prospect.language,
            form="news-confirmation",
            at=now,
        )
        keys = subject_keys(prospect.email)
        if Prospect.objects.filter(subject_key__in=keys, pending_until=None).update(last_contact_at=now):
            prospect.delete()
        else:
            prospect.pending_until = None
            prospect.last_contact_at = now
            prospect.save(update_fields=["pending_until", "last_contact_at"])
    return True


def note_contact(email: str) -> None:
    """This person has written to us: the time their news are kept begins anew (P8.2)."""
    Prospect.objects.filter(subject_key__in=subject_keys(email), pending_until=None).update(
        last_contact_at=timezone.now()
    )


def unsubscribe(prospect_id: int) -> None:
    """Withdraw the consent: the record goes at once, the proof stays (P5.6). Does nothing the second time."""
    now = timezone.now()
    with transaction.atomic():
        prospect = Prospect.objects.select_for_update().filter(pk=prospect_id).first()
        if prospect is None:
            return
        record_event(
            ConsentEvent.Kind.WITHDRAWN,
            NEWS,
            subject_key=prospect.subject_key,
            language=prospect.language,
            form="unsubscribe",
            at=now,
        )
        end_consent(NEWS, subject_key=prospect.subject_key, at=now)
        prospect.delete()
