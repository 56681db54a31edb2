"""Identity papers: given, asked for on a reasoned doubt, decided upon or waived. The only writer of papers.

A paper is there to decide who asks, and for nothing else: it goes in the very transaction in which that is decided,
or in which the request is decided without it, even where a hold keeps other data of its person. What stays is one line
of the case file: checked, by whom, when (EDPB 01/2022 §78).
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from privacy.audit.services import Action, record
from privacy.erasure import empty
from privacy.letters.queue import queue_letter
from privacy.papers.checking import CheckedPaper
from privacy.papers.letters import ASKED
from privacy.papers.models import Paper
from privacy.registry import registry
from privacy.rights.kinds import WITHOUT_PAPERS, State
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import MovedOn, NotAllowed, add_event, locked, move, pause, resume, tell_officer, when_moved

Event = CaseEvent.Kind
UNDECIDED = (State.UNPROVED, State.OPEN, State.DOUBT)


def takes_papers(request: RightsRequest) -> bool:
    """Whether its person may join papers now: they were asked for, or identity is not decided yet.

    Never for the rights that nobody has to prove who they are for, unless asked for.
    """
    if request.state == State.DOUBT:
        return True
    if request.state not in UNDECIDED or request.right in WITHOUT_PAPERS:
        return False
    return not CaseEvent.objects.filter(file__request=request, kind=Event.IDENTITY_CHECKED).exists()


def give(request: RightsRequest, sides: Mapping[str, CheckedPaper]) -> None:
    """Join one or two sides (`PapersForm.sides()`) to a request; each replaces the one given before.

    The clock runs again if it stood for want of them. Nothing at all happens without a side. Raises MovedOn when
    papers are not taken any more, and nothing is written then.
    """
    if not sides:
        return
    with transaction.atomic():
        request = locked(request.pk, among=UNDECIDED)
        file = request.content
        if file is None or not takes_papers(request):
            raise MovedOn
        _erase(Paper.objects.filter(file=file, side__in=sides))
        now = timezone.now()
        for side, paper in sides.items():
            Paper.objects.create(file=file, side=Paper.Side(side), kind=paper.kind.value, received_at=now).fill(paper)
        tell_officer(add_event(request, Event.PAPERS_GIVEN))
        _let_the_clock_run(request)


def ask(request_pk: int, *, by: int, seen: int, reasons: str) -> None:
    """Ask for papers because of a reasoned doubt, which is kept and told: it alone stops the clock (décret 2019-536
    art. 77). The person gets a letter. May be asked again. Raises MovedOn, NotAllowed.
    """
    if not reasons.strip():
        raise NotAllowed(_("Say why you doubt: without a reason nobody is asked for papers."))
    with transaction.atomic():
        request = locked(request_pk, among=[State.OPEN, State.DOUBT], seen=seen)
        if request.right in WITHOUT_PAPERS:
            raise NotAllowed(_("For this right nobody is asked for papers."))
        if request.state == State.OPEN:
            move(request, State.DOUBT)
        event = add_event(request, Event.PAPERS_ASKED, by=by, note=reasons.strip())
        if request.paused_at is None:
            pause(request)
            add_event(request, Event.PAUSED, by=by, note=_told(request, "awaited"))
        if event is not None:
            queue_letter(ASKED, event, subject_key=request.subject_key)
        record(Action.MOVED, request, by=by, details=("papers asked for",))


def decide(request_pk: int, *, by: int, seen: int, established: bool, note: str = "") -> None:
    """Decide whether they are who they say. Papers go with it. Raises MovedOn.

    Established: what was in doubt is open again. Not established: it is in doubt, and can't be granted; the officer
    refuses it or asks again.
    """
    with transaction.atomic():
        request = locked(request_pk, among=[State.OPEN, State.DOUBT], seen=seen)
        erase_papers(request)
        kind = Event.IDENTITY_CHECKED if established else Event.IDENTITY_REFUSED
        add_event(request, kind, by=by, note=note.strip(), shown=not note.strip())
        _let_the_clock_run(request, by=by)
        to = State.OPEN if established else State.DOUBT
        if request.state != to:
            move(request, to)
        step = "identity established" if established else "identity not established"
        record(Action.MOVED, request, by=by, details=(step,))


def waive(request_pk: int, *, by: int, seen: int, reason: str) -> None:
    """Go on without papers, for a reason that is kept; those that were given go. Raises MovedOn, NotAllowed."""
    if not reason.strip():
        raise NotAllowed(_("Say why no papers are needed."))
    with transaction.atomic():
        request = locked(request_pk, among=[State.OPEN, State.DOUBT], seen=seen)
        erase_papers(request)
        add_event(request, Event.NOTED, by=by, note=_told(request, "waived"))
        add_event(request, Event.NOTE, by=by, note=reason.strip(), shown=False)
        _let_the_clock_run(request, by=by)
        if request.state == State.DOUBT:
            move(request, State.OPEN)
        record(Action.MOVED, request, by=by, details=("papers waived",))


def note_view(paper: Paper, *, by: int) -> None:
    """Somebody of the company looks at it: a line in the case file, before they see anything (P7.2).

    The request's version stays: looking changes nothing, and whoever looks goes on to decide.
    """
    side = paper.get_side_display()
    CaseEvent.objects.create(file=paper.file, kind=Event.READ, at=timezone.now(), by_id=by, note=side, shown=False)


def erase_papers(request: RightsRequest) -> None:
    """In the caller's transaction, which holds the request's lock."""
    _erase(Paper.objects.filter(file__request=request))


def erase_once_decided(request: RightsRequest) -> None:
    """Called with each move of a request: whatever decided it, the papers have no reason left."""
    if request.state not in UNDECIDED:
        erase_papers(request)


def _erase(papers: QuerySet[Paper]) -> None:
    empty(registry.table(Paper), list(papers.values_list("pk", flat=True)))


def _let_the_clock_run(request: RightsRequest, *, by: int | None = None) -> None:
    if request.paused_at is not None:
        resume(request)
        add_event(request, Event.RESUMED, by=by)


def _told(request: RightsRequest, what: str) -> str:
    """In the language of its person, who reads it on the page of their request."""
    with translation.override(request.language):
        if what == "awaited":
            return _("Until you send a copy of an identity document.")
        return _("No identity document is needed.")


when_moved(erase_once_decided)
