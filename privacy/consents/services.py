from datetime import datetime

from django.utils import translation

from privacy.consents.models import ConsentEvent, Wording
from privacy.declarations import Purpose


def record_consent(purpose: Purpose, *, subject_key: str, language: str, form: str, at: datetime) -> ConsentEvent:
    """Keep the proof that a person agreed: the words they saw in their language, the form, the time (UTC).

    To be called in the transaction that writes what the consent is for (GDPR Art. 7(1), P3.1).
    """
    with translation.override(language):
        wording = Wording.of(str(purpose.wording))
    return ConsentEvent.objects.create(
        kind=ConsentEvent.Kind.GIVEN,
        subject_key=subject_key,
        purpose=purpose.name,
        wording=wording,
        language=language,
        form=form,
        at=at,
    )
