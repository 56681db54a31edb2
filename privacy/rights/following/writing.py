"""What a requester does on their page: the only writers of this room."""

from django.db import transaction

from privacy.letters.strangers import queue_to_stranger
from privacy.rights.kinds import State
from privacy.rights.letters import LINK, RECEIVED
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import add_event, locked, tell_officer
from privacy.subjects import subject_key, subject_keys

Kind = CaseEvent.Kind


def write_message(request: RightsRequest, words: str) -> None:
    """A message for the officer, in the case file. The same words twice in a row are one message: a double click."""
    with transaction.atomic():
        request = locked(request.pk, among=State)
        last = CaseEvent.objects.filter(file__request=request).order_by("pk").last()
        if last is None or (last.kind == Kind.MESSAGE and last.note == words):
            return
        tell_officer(add_event(request, Kind.MESSAGE, note=words))


def send_new_link(reference: str, address: str) -> None:
    """Queue a mail with a new link, if this request came from this address: to it, and to no other.

    While the address is still to be proved, it is the link that proves it. Where there is no such request, a letter
    about none is queued, which its delivery drops: the same statements, so that nobody learns from the time it takes.
    """
    with transaction.atomic():
        request = RightsRequest.objects.filter(reference=reference, subject_key__in=subject_keys(address)).first()
        if request is None:
            request = RightsRequest(pk=0, subject_key=subject_key(address))
        kind = RECEIVED if request.state == State.UNPROVED else LINK
        queue_to_stranger(kind, request, subject_key=request.subject_key, apart="rights")
