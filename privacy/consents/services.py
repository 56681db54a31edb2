"""Writing down what people agreed to, and when that ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import DateField
from django.utils import translation

from privacy.consents.models import Consent, ConsentEvent, Wording, digest_of
from privacy.declarations import Purpose
from privacy.policy.models import PolicyVersion, today
from privacy.statements import Given, Statement


def record_consent(purpose: Purpose, *, subject_key: str, language: str, form: str, at: datetime) -> Consent:
    """A person agreed, in a form, to the words beside its box (GDPR Art. 7(1), P3.1).

    To be called in the transaction that writes what the consent is for; that row points to what this returns.
    """
    shown = in_language(purpose.wording, language)
    kind = ConsentEvent.Kind.GIVEN
    row = _given.carry_out(
        subject_key=subject_key,
        purpose=purpose.name,
        at=at,
        kind=kind.value,
        digest=digest_of(shown),
        today=today(),
        language=language,
        form=form,
    )
    if row is None:
        raise AssertionError("The statement always gives a row.")
    consent = Consent(pk=row[0], subject_key=subject_key, purpose=purpose.name, given_at=at)
    if row[1] is None:  # Nobody has seen these words before.
        record_event(consent, kind, shown, language=language, form=form, at=at)
    return consent


@Statement
def _given() -> tuple[str, Sequence[Any]]:
    """A consent and its first event in one statement, with the words and the policy looked up where they are known."""
    in_force = PolicyVersion.objects.in_force_on(Given("today", DateField())).values("pk")
    version, values = in_force.query.sql_with_params()
    return (
        f"""
        WITH consent AS (
            INSERT INTO {Consent._meta.db_table} (subject_key, purpose, given_at) VALUES (%s, %s, %s) RETURNING id
        ), event AS (
            INSERT INTO {ConsentEvent._meta.db_table}
                (consent_id, kind, wording_id, policy_version_id, language, form, at)
            SELECT consent.id, %s, wording.id, ({version}), %s, %s, %s
            FROM consent, {Wording._meta.db_table} AS wording WHERE wording.digest = %s
            RETURNING consent_id
        )
        SELECT consent.id, event.consent_id FROM consent LEFT JOIN event ON true
        """,  # noqa: S608  (our own tables)
        [
            *map(Given, ("subject_key", "purpose", "at", "kind")),
            *values,
            *map(Given, ("language", "form", "at", "digest")),
        ],
    )


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
