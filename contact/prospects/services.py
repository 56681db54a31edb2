"""The only writers of prospects.

What acts on one person first locks their rows, oldest first, so that two links, or twenty clicks on one, follow one
another. How their consent is taken back is the same for every purpose: privacy/consents/withdrawal.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, Exists, OuterRef
from django.utils import timezone

from contact.prospects.letters import NEWS_CONFIRMATION, NEWS_LINK, PENDING_LIFE
from contact.prospects.models import Prospect, kept_since
from contact.prospects.purposes import NEWS, NEWS_CONFIRMED
from privacy.consents.models import Consent, ConsentEvent
from privacy.consents.services import in_language, record_consent, record_event
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.statements import Given, Statement, update_of
from privacy.subjects import subject_key, subject_keys


def invite_prospect(*, first_name: str, last_name: str, email: str, language: str) -> None:
    """Somebody ticked the box: write a pending prospect, its consent, and the mail that asks to confirm it (P3.2).

    The same is written whether they are a prospect already or not; at delivery, the mail to one who is gets dropped.
    To be called in the caller's transaction.
    """
    now = timezone.now()
    key = subject_key(email)
    consent = record_consent(NEWS, subject_key=key, language=language, form="contact", at=now)
    prospect = Prospect.objects.create(
        first_name=first_name,
        last_name=last_name,
        email=email,
        language=language,
        subject_key=key,
        consent=consent,
        asked_at=now,
        pending_until=now + PENDING_LIFE,
    )
    queue_to_stranger(NEWS_CONFIRMATION, prospect, subject_key=key)


def awaits_confirmation(token: str) -> bool | None:
    """Whether this link still has something to confirm: False once it is done, None for a link that has ended."""
    link = single_use.peek(NEWS_LINK, token)
    if link is None:
        return None
    prospect = Prospect.objects.filter(pk=link.record_id).first()
    if prospect is not None and prospect.pending_until is not None:
        return True
    confirmed = Prospect.objects.confirmed().filter(subject_key=link.subject_key)
    return False if confirmed.exists() else None


def confirm_prospect(token: str, *, language: str) -> bool:
    """The person confirms, on a page in `language`: from now on they may be written to (P3.2).

    It is the pending row that is used up, not the link: a second click, a double one or a reload is told the same and
    writes nothing. False for a link that is unknown or too old, or whose consent was withdrawn since.
    """
    with transaction.atomic():
        link = single_use.peek(NEWS_LINK, token)
        asked = Prospect.objects.filter(pk=link.record_id).first() if link else None
        rows = _locked(asked.email) if asked else []
        prospect = next((row for row in rows if asked and row.pk == asked.pk), None)
        if prospect is None or prospect.pending_until is None or prospect.consent is None:
            return awaits_confirmation(token) is False
        now = timezone.now()
        already = next((row for row in rows if row.pending_until is None), None)
        confirmed = already or prospect
        record_event(
            prospect.consent,
            ConsentEvent.Kind.CONFIRMED,
            in_language(NEWS_CONFIRMED, language),
            language=language,
            form="news-confirmation",
            at=now,
        )
        if already:
            Consent.objects.live().filter(pk=already.consent_id or 0).update(
                ended_at=now
            )  # Another has taken its place.
            already.consent = prospect.consent
            already.first_name, already.last_name = prospect.first_name, prospect.last_name
            already.language = prospect.language
        confirmed.pending_until = None
        confirmed.last_contact_at = now
        with restricted_rows_may_change():  # They say so themselves.
            if already:
                prospect.delete()  # Its link stays until it expires, so that a second click finds that all is well.
            confirmed.save()
    return True


def note_contact(email: str) -> None:
    """This person has written to us: the time their news are kept begins anew (P8.2). What has ended stays ended."""
    now = timezone.now()
    keys = {f"key_{number}": key for number, key in enumerate(subject_keys(email))}
    _note.carry_out(now=now, oldest=kept_since(now), **keys)


@Statement
def _note() -> tuple[str, Sequence[Any]]:
    now, oldest = Given("now", DateTimeField()), Given("oldest", DateTimeField())
    keys = [Given(f"key_{number}", CharField()) for number in range(len(settings.SUBJECT_KEYS))]
    return update_of(Prospect.objects.confirmed_of_one(now, oldest, keys), last_contact_at=now)


def unsubscribe(email: str, *, way: Way, language: str) -> bool:
    """Withdraw the consent: every row of this person goes at once, the proof stays (P5.6).

    `language` is that of the words they saw. False, and nothing written, when there was nothing to withdraw.
    """
    given = [one for one in given_by(email) if one.purpose.name == NEWS.name]
    return bool(withdraw(given, way=way, language=language))


def end_consents_without_prospect(now: datetime | None = None) -> int:
    """The proofs of those who never confirmed, or whose three years are over, start their last period here (P8.2).

    Prospects are purged in sets, so this looks for consents that no row stands on any more. One statement, by an index
    on the consents that have not ended. Returns how many it ended.
    """
    rows = Prospect.objects.filter(consent=OuterRef("pk"))
    lost = Consent.objects.live().filter(~Exists(rows), purpose=NEWS.name)
    return lost.update(ended_at=now or timezone.now())


def _locked(email: str) -> list[Prospect]:
    """This person's rows, pending ones too, locked until the end of the transaction."""
    return list(Prospect.objects.filter(subject_key__in=subject_keys(email)).order_by("pk").select_for_update())
