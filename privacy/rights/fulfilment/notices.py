"""Telling those who received the data of a correction or an erasure, each with its state (GDPR Art. 19)."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.utils import timezone

from privacy.letters.models import Letter
from privacy.processors import Processor
from privacy.rights.fulfilment.letters import NOTICE, queue_notice
from privacy.rights.fulfilment.models import RecipientNotice
from privacy.rights.kinds import State as RequestState
from privacy.rights.models import RightsRequest

State = RecipientNotice.State


class NoticeRefused(Exception):
    """Nothing was written. The message is for the staff member."""


def to_tell(activities: Collection[str]) -> list[Processor]:
    """The processors of these activities, in the order of the register."""
    return [one for one in settings.PROCESSORS if any(one.serves(name) for name in activities)]


def begin(request: RightsRequest, activities: Collection[str]) -> list[RecipientNotice]:
    """One notice a recipient: by letter where its address is known, else for the officer to tell and tick off."""
    now = timezone.now()
    return [
        RecipientNotice.objects.create(
            request=request,
            recipient=processor.name,
            state=State.WRITTEN if processor.email else State.TO_TELL,
            made_at=now,
        )
        for processor in to_tell(activities)
    ]


def queue_all(notices: Iterable[RecipientNotice], *, subject_key: str) -> None:
    """The letters to those whose address is known, in the transaction that closes the request."""
    for notice in notices:
        if notice.state == State.WRITTEN:
            queue_notice(notice, subject_key=subject_key)


def settle(notice: RecipientNotice, state: State, *, by: int, because: str = "") -> None:
    """The officer has told a recipient, or says why that can't be. Raises NoticeRefused."""
    if state is State.IMPOSSIBLE and not because.strip():
        raise NoticeRefused
    open_ones = RecipientNotice.objects.filter(pk=notice.pk, state__in=(State.TO_TELL, State.WRITTEN))
    told_at = timezone.now() if state is State.TOLD else None
    if not open_ones.update(state=state, because=because, told_at=told_at, by_id=by):
        raise NoticeRefused


def note_delivered() -> int:
    """Recipients whose letter has left are told. To be run now and then; running it again changes nothing.

    Those of a request that is still being carried out have no letter yet: it is queued with the end of it.
    """
    done = 0
    waiting = RecipientNotice.objects.filter(state=State.WRITTEN, request__state=RequestState.DONE)
    for notice in waiting.order_by("pk")[:1000]:
        letter = Letter.objects.filter(kind=NOTICE.name, record_id=notice.pk).order_by("-created_at").first()
        if letter is not None and letter.state == Letter.State.SENT:
            told = RecipientNotice.objects.filter(pk=notice.pk, state=State.WRITTEN)
            done += told.update(state=State.TOLD, told_at=letter.finished_at)
        elif letter is None or letter.state != Letter.State.QUEUED:
            RecipientNotice.objects.filter(pk=notice.pk, state=State.WRITTEN).update(state=State.TO_TELL)
    return done
