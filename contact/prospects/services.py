"""The only writers of prospects.

What acts on one person first locks all their rows, oldest first, so that two links, or twenty clicks on one, follow
one another. A row is never deleted by itself: what speaks of it (letters, links, deliveries) goes with it.
"""

from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contact.prospects.letters import NEWS_CONFIRMATION, NEWS_LINK, PENDING_LIFE
from contact.prospects.models import Prospect
from contact.prospects.purposes import NEWS, NEWS_CONFIRMED, NEWS_WITHDRAWN
from privacy.consents.models import ConsentEvent
from privacy.consents.services import end_consent, record_consent, record_event
from privacy.declarations import PersonalData
from privacy.erasure import empty
from privacy.letters.strangers import queue_to_stranger
from privacy.links import signed, single_use
from privacy.registry import registry
from privacy.subjects import subject_key, subject_keys

UNSUBSCRIBE = "contact.unsubscribe"


class Way(Enum):
    """How a person withdrew, as the proof says it."""

    PAGE = "unsubscribe"
    ONE_CLICK = "one-click"
    STAFF = "staff"


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
        if prospect is None or prospect.pending_until is None:
            return awaits_confirmation(token) is False
        now = timezone.now()
        already = next((row for row in rows if row.pending_until is None), None)
        confirmed = already or prospect
        record_event(
            ConsentEvent.Kind.CONFIRMED,
            NEWS_CONFIRMED,
            subject_key=confirmed.subject_key,
            language=language,
            form="news-confirmation",
            at=now,
        )
        if already:
            already.first_name, already.last_name = prospect.first_name, prospect.last_name
            already.language = prospect.language
            prospect.delete()  # Its link stays until it expires, so that a second click finds that all is well.
        confirmed.pending_until = None
        confirmed.last_contact_at = now
        confirmed.save()
    return True


def note_contact(email: str) -> None:
    """This person has written to us: the time their news are kept begins anew (P8.2). What has ended stays ended."""
    Prospect.objects.confirmed().filter(subject_key__in=subject_keys(email)).update(last_contact_at=timezone.now())


def unsubscribe_link(prospect: Prospect) -> str:
    """The token of this person's unsubscribe link, good from the oldest mail (P5.6).

    It names the confirmation on record rather than the row, which is another one for whoever left and came back: no
    link of ours may say that the mails have stopped when they have not.
    """
    confirmation = _live_consents([prospect.subject_key]).filter(kind=ConsentEvent.Kind.CONFIRMED).latest("pk")
    return signed.sign(UNSUBSCRIBE, confirmation.pk)


def unsubscribe_by_link(token: str, *, way: Way, language: str) -> bool:
    """Withdraw the consent of whom this link was made for. False, and nothing written, when they have none now."""
    number = signed.unsign(UNSUBSCRIBE, token)
    event = ConsentEvent.objects.filter(pk=number or 0, purpose=NEWS.name).first()
    prospect = Prospect.objects.filter(subject_key=event.subject_key).first() if event else None
    return prospect is not None and unsubscribe(prospect.email, way=way, language=language or prospect.language)


def unsubscribe(email: str, *, way: Way, language: str) -> bool:
    """Withdraw the consent: every row of this person goes at once, the proof stays (P5.6).

    `language` is that of the words they saw. False, and nothing written, when there was nothing to withdraw.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = _locked(email)
        for key in sorted({row.subject_key for row in rows}):
            record_event(
                ConsentEvent.Kind.WITHDRAWN,
                NEWS_WITHDRAWN,
                subject_key=key,
                language=language,
                form=way.value,
                at=now,
            )
            end_consent(NEWS, subject_key=key, at=now)
        _delete([row.pk for row in rows])
    return bool(rows)


def end_consents_without_prospect(now: datetime | None = None) -> int:
    """The proofs of those who never confirmed, or whose three years are over, start their last period here (P8.2).

    Prospects are purged in sets, so this looks for consents that no row stands for any more. One statement, by an
    index on the news consents that have not ended. Returns how many events it ended.
    """
    rows = Prospect.objects.filter(subject_key=OuterRef("subject_key"))
    return _live_consents().filter(~Exists(rows)).update(ended_at=now or timezone.now())


def _live_consents(keys: list[str] | None = None) -> QuerySet[ConsentEvent]:
    live = ConsentEvent.objects.filter(purpose=NEWS.name, ended_at=None)
    return live if keys is None else live.filter(subject_key__in=keys)


def _locked(email: str) -> list[Prospect]:
    """This person's rows, pending ones too, locked until the end of the transaction."""
    return list(Prospect.objects.filter(subject_key__in=subject_keys(email)).order_by("pk").select_for_update())


def _delete(keys: list[int]) -> None:
    table = registry.declared(Prospect)
    if not isinstance(table, PersonalData):
        raise TypeError("Prospects hold personal data, and are declared so.")
    empty(table, keys)
