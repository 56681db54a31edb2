"""Objecting: at once and without proof to marketing, on the proved address to all; undone by a link for a week.

An objection to marketing writes itself down and no more, in the same statements for every address: mailings stop at
once, since they ask for objections each time, and whoever typed a stranger's address has ended nothing of theirs. After
a week without a word what rests on the consent ends too.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from privacy.consents.withdrawal import Way, given_by, given_under, withdraw
from privacy.continuity.ledger import Kind, record
from privacy.holds.keeping import keep_holds_still
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.objections.letters import MARKETING, UNDO
from privacy.objections.models import Objection
from privacy.registry import registry
from privacy.rights.models import CaseEvent, CaseFile, RightsRequest
from privacy.rights.states import add_event
from privacy.subjects import subject_keys

UNDO_WITHIN = timedelta(days=7)
BATCH = 100


def object_to_marketing(request: RightsRequest) -> bool:
    """On submission: remember it, and tell the address how to undo it. Nothing is left to decide."""
    queue_to_stranger(MARKETING, request, subject_key=request.subject_key, apart="rights")
    _remember(request, settle=True)
    return True


def undo(token: str) -> bool:
    """The owner of the address did not object: this objection is gone, an earlier one stays.

    False, and nothing written, for a link that is unknown, used or too old.
    """
    with transaction.atomic():
        link = single_use.use(UNDO, token)
        request = RightsRequest.objects.filter(pk=link.record_id).first() if link else None
        if request is None:
            return False
        undone = list(Objection.objects.filter(request=request))
        Objection.objects.filter(pk__in=[row.pk for row in undone]).delete()
        add_event(request, CaseEvent.Kind.NOTED, note="")
        for at in {row.at for row in undone}:
            keys = [row.subject_key for row in undone if row.at == at]
            record(Kind.OBJECTION_UNDONE, keys=keys, objected=at.isoformat())
    return True


def settle_objections() -> int:
    """End what rests on a consent to marketing, a week after an objection that nobody undid. Returns how many.

    Each is a transaction of its own; run twice, the second finds nothing left. To be called outside any transaction.
    """
    due = Objection.objects.filter(settles_at__lte=timezone.now())
    settled = 0
    for request, at in list(due.order_by("settles_at").values_list("request", "at")[:BATCH]):
        with transaction.atomic():
            keep_holds_still()
            one = Objection.objects.filter(request=request, at=at, settles_at__isnull=False)
            rows = list(one.select_for_update())
            Objection.objects.filter(pk__in=[row.pk for row in rows]).update(settles_at=None)
            if rows:
                marketing = [purpose.name for purpose in registry.purposes.values() if purpose.is_marketing]
                keys = [row.subject_key for row in rows]
                given = given_under(keys, purposes=marketing, until=max(row.at for row in rows))
                withdraw(given, way=Way.OBJECTION, language="")
                settled += 1
    return settled


def object_to_all(request: RightsRequest) -> None:
    """On the proved address: what rests on consent is withdrawn and erased, and the objection remembered."""
    file = CaseFile.objects.get(request=request)
    _remember(request, settle=False)
    withdraw(given_by(file.email), way=Way.OBJECTION, language=request.language)


def _remember(request: RightsRequest, *, settle: bool) -> None:
    """Once a request, under every key of the ring."""
    file = CaseFile.objects.get(request=request)
    now = timezone.now()
    Objection.objects.bulk_create(
        [
            Objection(subject_key=key, at=now, request=request, settles_at=now + UNDO_WITHIN if settle else None)
            for key in subject_keys(file.email)
        ],
        ignore_conflicts=True,
    )
    record(
        Kind.OBJECTION,
        keys=subject_keys(file.email),
        request=request.reference,
        objected=now.isoformat(),
        settles=int(settle),
    )
