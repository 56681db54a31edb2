"""Consents and their proofs, many at once: the rows that privacy/consents/services.py writes one by one."""

from datetime import datetime

from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.consents.services import in_language
from privacy.declarations import Purpose
from privacy.models import PolicyVersion

Kind = ConsentEvent.Kind


class Consents:
    """Gathers what was agreed to, and writes it in two statements; the consents have their keys from then on."""

    def __init__(self) -> None:
        self._version = PolicyVersion.objects.filter(is_imported=False).order_by("effective_from").first()
        self._wordings: dict[str, Wording] = {}
        self._consents: list[Consent] = []
        self._events: list[ConsentEvent] = []

    def given(self, purpose: Purpose, *, key: str, language: str, at: datetime, ended_at: datetime | None) -> Consent:
        consent = Consent(subject_key=key, purpose=purpose.name, given_at=at, ended_at=ended_at)
        self._consents.append(consent)
        self.event(consent, Kind.GIVEN, purpose.wording, language=language, form="contact", at=at)
        return consent

    def event(
        self, consent: Consent, kind: ConsentEvent.Kind, words: object, *, language: str, form: str, at: datetime
    ) -> None:
        text = in_language(words, language)
        if text not in self._wordings:
            self._wordings[text] = Wording.of(text)
        known = self._version if self._version and self._version.effective_from <= at.date() else None
        self._events.append(
            ConsentEvent(
                consent=consent,
                kind=kind,
                wording=self._wordings[text],
                language=language,
                policy_version=known,
                form=form,
                at=at,
            )
        )

    def write(self) -> None:
        Consent.objects.bulk_create(self._consents)
        for event in self._events:
            event.consent = event.consent  # Its number is known by now.
        ConsentEvent.objects.bulk_create(self._events)
