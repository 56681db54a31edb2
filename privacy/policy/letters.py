"""The letter that tells one person of an important change. Written at delivery, from what is held about them then."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.consents.links import NOBODY, withdrawal_url
from privacy.letters.alike import Pattern, pattern
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.people import Somebody, reach
from privacy.policy.models import PolicyNotice, PolicyVersion
from privacy.prepared import asked
from privacy.subjects import subject_keys

NOTICE = 'SELECT id, version_id, subject_key, "table", "row" FROM privacy_policynotice WHERE id = %s'
CONSENTS = "SELECT id FROM privacy_consent WHERE subject_key = ANY(%s) AND ended_at IS NULL"
"""Those of one person that stand. Asked for the latest alone, PostgreSQL may look for it among everybody's."""


def tell_of_change(notice: PolicyNotice) -> Message | None:
    """None for somebody of whom nothing is held any more, or who has a notice already under an older key of theirs."""
    found = reach(Somebody(notice.table, notice.row, notice.subject_key))
    if found is None or _has_an_earlier_one(notice, found.address):
        return None
    consents = asked(CONSENTS, [subject_keys(found.address)])
    withdraw = withdrawal_url(max(consents)[0], found.language) if consents else ""
    return _to_all(notice.version_id, found.language, bool(consents)).to(found.address, withdraw)


@lru_cache(maxsize=32)
def _to_all(number: int, language: str, has_consented: bool) -> Pattern:
    """What thousands get of one version, which never changes."""
    version = PolicyVersion.objects.dated().get(pk=number)
    with translation.override(language):
        url = settings.SITE_URL + reverse("policy-version", args=[version.pk])
    withdraw = withdrawal_url(NOBODY, language) if has_consented else ""
    message = written(
        "privacy/letters/policy_changed.txt",
        language,
        to="",
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "changes": version.changes_in(language),
            "from": version.effective_from,
            "url": url,
            "withdraw": withdraw,
        },
    )
    return pattern(message, withdraw)


def _notice(number: int) -> PolicyNotice | None:
    for pk, version, key, table, row in asked(NOTICE, [number]):
        return PolicyNotice(pk=pk, version_id=version, subject_key=key, table=table, row=row)
    return None


def _has_an_earlier_one(notice: PolicyNotice, address: str) -> bool:
    """Whether this person's rows stand under several keys of the ring, and another of them is told."""
    keys = subject_keys(address)
    if len(keys) == 1:
        return False
    return PolicyNotice.objects.filter(version=notice.version_id, subject_key__in=keys, pk__lt=notice.pk).exists()


POLICY_CHANGED = LetterKind(name="privacy.policy_changed", model=PolicyNotice, compose=tell_of_change, read=_notice)

register_letter(POLICY_CHANGED)
