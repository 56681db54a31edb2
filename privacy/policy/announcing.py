"""Telling each person whose data is held that the policy has changed in an important way (P12.2; GDPR Art. 13(3)).

What always holds: an announcement is made in the transaction that publishes its version. It is worked off in chunks,
each a transaction that locks the announcement, writes a notice for whoever has none yet, and queues its letter. Killed
in between, the next run begins again and finds those notices written: nobody is left out, nobody is queued twice. The
letters are information and not marketing, so objecting to news does not stop them. Somebody all of whose data is
restricted has a notice and no letter yet: it is queued when the restriction is lifted.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from privacy.broker import poke_once_committed
from privacy.letters.models import Letter
from privacy.letters.queue import queue_letters
from privacy.people import Somebody, everybody
from privacy.policy.letters import POLICY_CHANGED
from privacy.policy.models import PolicyAnnouncement, PolicyNotice, PolicyVersion
from privacy.restrictions.keeping import restricted_keys


def announce(version: PolicyVersion) -> None:
    """To be called in the transaction that publishes the version."""
    from privacy.policy.tasks import announce_policy

    PolicyAnnouncement.objects.create(version=version)
    poke_once_committed(announce_policy)


def work_off_announcements() -> int:
    """Queue a letter to everybody who has none yet, for each unfinished announcement. Returns how many were queued.

    Several workers may do so at once. To be called outside any transaction.
    """
    queued = 0
    for number in list(PolicyAnnouncement.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True)):
        for chunk in everybody():
            queued += _tell(number, chunk)
        PolicyAnnouncement.objects.filter(pk=number, finished_at=None).update(finished_at=timezone.now())
    return queued


def _tell(number: int, chunk: list[Somebody]) -> int:
    """One chunk, one transaction."""
    with transaction.atomic():
        announcement = PolicyAnnouncement.objects.select_for_update().get(pk=number)
        if announcement.finished_at is not None:
            return 0
        by_key = {somebody.subject_key: somebody for somebody in chunk}
        told = PolicyNotice.objects.filter(version=announcement.version_id, subject_key__in=by_key)
        for key in told.values_list("subject_key", flat=True):
            del by_key[key]
        notices = PolicyNotice.objects.bulk_create(
            PolicyNotice(
                version_id=announcement.version_id,
                subject_key=key,
                table=somebody.table,
                row=somebody.row,
            )
            for key, somebody in by_key.items()
        )
        waiting = restricted_keys(by_key)
        told_now = [(notice, notice.subject_key) for notice in notices if notice.subject_key not in waiting]
        queue_letters(POLICY_CHANGED, told_now)
        announcement.people += len(notices)
        announcement.save(update_fields=["people"])
    return len(notices)


def tell_who_waited(keys: Collection[str]) -> int:
    """Queue the letters that a restriction kept back, of people under these keys. Returns how many.

    To be called in the transaction that lifts it.
    """
    free = set(keys) - restricted_keys(keys)
    letters = Letter.objects.filter(kind=POLICY_CHANGED.name, record_id=OuterRef("pk"))
    waited = list(PolicyNotice.objects.filter(~Exists(letters), subject_key__in=free).order_by("pk"))
    queue_letters(POLICY_CHANGED, [(notice, notice.subject_key) for notice in waited])
    return len(waited)
