"""Writing down what people agreed to, and when that ended."""

from datetime import datetime

from django.utils import translation

from privacy.consents.models import ConsentEvent, Wording
from privacy.declarations import Purpose


def record_event(
    kind: ConsentEvent.Kind, purpose: Purpose, *, subject_key: str, language: str, form: str, at: datetime
) -> ConsentEvent:
    """Keep one event of a consent, with the purpose's words in the person's language and the time (UTC).

    To be called in the transaction that writes what the consent is for (GDPR Art. 7(1), P3.1).
    """
    with translation.override(language):
        wording = Wording.of(str(purpose.wording))
    return ConsentEvent.objects.create(
        kind=kind,
        subject_key=subject_key,
        purpose=purpose.name,
        wording=wording,
        language=language,
        form=form,
        at=at,
    )


def record_consent(purpose: Purpose, *, subject_key: str, language: str, form: str, at: datetime) -> ConsentEvent:
    """A person agreed, in a form, to the words beside its box."""
    return record_event(ConsentEvent.Kind.GIVEN, purpose, subject_key=subject_key, language=language, form=form, at=at)


def end_consent(purpose: Purpose, *, subject_key: str, at: datetime) -> None:
    """From now on the events of this consent are only proof, kept for settings.CONSENT_PROOF_RETENTION."""
    ConsentEvent.objects.filter(purpose=purpose.name, subject_key=subject_key, ended_at=None).update(ended_at=at)
