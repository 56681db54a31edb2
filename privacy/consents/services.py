"""Writing down what people agreed to, and when that ended."""

from datetime import datetime

from django.utils import translation

from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.declarations import Purpose
from privacy.models import PolicyVersion


def record_consent(purpose: Purpose, *, subject_key: str, language: str, form: str, at: datetime) -> Consent:
    """A person agreed, in a form, to the words beside its box (GDPR Art. 7(1), P3.1).

    To be called in the transaction that writes what the consent is for; that row points to what this returns.
    """
    consent = Consent.objects.create(subject_key=subject_key, purpose=purpose.name, given_at=at)
    record_event(
        consent, ConsentEvent.Kind.GIVEN, in_language(purpose.wording, language), language=language, form=form, at=at
    )
    return consent


def record_event(
    consent: Consent, kind: ConsentEvent.Kind, shown: str, *, language: str, form: str, at: datetime
) -> ConsentEvent:
    """Keep one event of a consent: the words that were shown, the policy in force, the time (UTC)."""
    return ConsentEvent.objects.create(
        consent=consent,
        kind=kind,
        wording=Wording.of(shown),
        language=language,
        policy_version=PolicyVersion.objects.dated().in_force(),
        form=form,
        at=at,
    )


def in_language(words: object, language: str) -> str:
    with translation.override(language):
        return str(words)
