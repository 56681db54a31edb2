"""The proof of a consent as an inspector takes it away: JSON and CSV, of one consent or of a search's (GDPR Art. 7(1)).

No address stands in it: who asks holds the address, and the site can show that its key is the one on record.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from privacy.consents.models import Consent, ConsentEvent
from privacy.spreadsheet import line, title_line

COLUMNS = (
    "consent",
    "purpose",
    "subject_key",
    "given_at",
    "ended_at",
    "event",
    "at",
    "form",
    "language",
    "wording",
    "wording_sha256",
    "policy_in_force_from",
    "policy_sha256",
)


def with_events(consents: QuerySet[Consent]) -> QuerySet[Consent]:
    """With all that proves them, in three statements however many there are."""
    events = ConsentEvent.objects.select_related("wording", "policy_version").order_by("at", "pk")
    return consents.prefetch_related(Prefetch("events", queryset=events))


def as_json(consents: Iterable[Consent]) -> str:
    proof = {
        "controller": settings.CONTROLLER.identity,
        "site": settings.SITE_URL,
        "made_at": timezone.now().isoformat(),
        "consents": [_consent(one) for one in consents],
    }
    return json.dumps(proof, ensure_ascii=False, indent=2)


def as_csv(consents: Iterable[Consent]) -> Iterator[str]:
    """A line an event."""
    yield title_line(COLUMNS)
    for consent in consents:
        of_consent = _consent(consent)
        events = of_consent.pop("events")
        for event in events:
            yield line({**of_consent, **event}[column] for column in COLUMNS)


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "consent": consent.pk,
        "purpose": consent.purpose,
        "subject_key": consent.subject_key,
        "given_at": consent.given_at.isoformat(),
        "ended_at": consent.ended_at.isoformat() if consent.ended_at else None,
        "events": [_event(event) for event in consent.events.all()],
    }


def _event(event: ConsentEvent) -> dict[str, Any]:
    policy = event.policy_version
    return {
        "event": event.kind,
        "at": event.at.isoformat(),
        "form": event.form,
        "language": event.language,
        "wording": event.wording.text,
        "wording_sha256": event.wording.digest,
        "policy_in_force_from": policy.effective_from.isoformat() if policy else None,
        "policy_sha256": policy.digest if policy else None,
    }
