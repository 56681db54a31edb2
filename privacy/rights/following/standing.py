"""Where a request stands, in words for the person who made it: what is so, and what happens next."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import CaseEvent, RightsRequest

Kind = CaseEvent.Kind


@dataclass(frozen=True)
class Standing:
    now: StrOrPromise
    next: StrOrPromise


STANDINGS = {
    State.UNPROVED: Standing(
        _("We have your request, and wait for you to show that the address is yours."),
        _("Open the link of our mail and press the button. Without it the request is erased after seven days."),
    ),
    State.OPEN: Standing(
        _("We have your request, and your address is confirmed."),
        _("The data protection officer looks into it and decides. You get our answer by mail, and find it here."),
    ),
    State.DOUBT: Standing(
        _("We have a doubt about who asks, and have said why."),
        _("Send what we asked for, below. Until then the time for our answer stands still."),
    ),
    State.GRANTED: Standing(
        _("Your request is granted."),
        _("It is being carried out. A mail tells you when it is done; most often that takes minutes."),
    ),
    State.DONE: Standing(
        _("It is done."),
        _("Nothing more is needed from you. If something is amiss, write to us below."),
    ),
    State.REFUSED: Standing(
        _("We have refused your request, and have said why."),
        _("You may write to us again, complain to the authority, or go to court: see below."),
    ),
    State.TAKEN_BACK: Standing(
        _("You took your request back."),
        _("Nothing is done. You can make another whenever you like."),
    ),
}
PARTLY_GRANTED = Standing(
    _("Your request is granted in part, and we have said why not all of it."), STANDINGS[State.GRANTED].next
)
PARTLY_DONE = Standing(
    _("What we could grant is done; we have said why the rest is not."),
    _("You may write to us again, complain to the authority, or go to court: see below."),
)
ANSWERED = Standing(_("Your question is answered."), _("If the answer leaves something open, write to us below."))

FOR_THE_PERSON: dict[str, StrOrPromise] = {
    Kind.SUBMITTED: _("We received your request"),
    Kind.PROVED: _("The address was confirmed"),
    Kind.MESSAGE: _("You wrote"),
    Kind.ANSWER: _("The data protection officer wrote"),
    Kind.PAPERS_ASKED: _("We asked for an identity document"),
    Kind.PAPERS_GIVEN: _("You sent an identity document"),
    Kind.IDENTITY_CHECKED: _("Your identity was checked, and the document erased"),
    Kind.IDENTITY_REFUSED: _("We could not establish your identity; the document was erased"),
    Kind.PAUSED: _("The time for our answer stands still"),
    Kind.RESUMED: _("The time for our answer runs again"),
    Kind.EXTENDED: _("We need more time"),
    Kind.GRANTED: _("Your request was granted"),
    Kind.REFUSED: _("Your request was refused"),
    Kind.DONE: _("It was carried out"),
    Kind.FETCHED: _("The result was fetched"),
    Kind.TAKEN_BACK: _("You took the request back"),
}
"""What happened, as its person reads it; the officer's list has the names of the table."""
GRANTED_IN_PART = _("Your request was granted in part")


def standing(request: RightsRequest) -> Standing:
    if request.state == State.DONE and request.right == Right.QUESTION:
        return ANSWERED
    if request.decision == Decision.PARTLY and request.state in (State.GRANTED, State.DONE):
        return PARTLY_DONE if request.state == State.DONE else PARTLY_GRANTED
    return STANDINGS[State(request.state)]


def told(event: CaseEvent, decision: str = "") -> StrOrPromise:
    """What happened; `decision` is that of its request."""
    if event.kind == Kind.GRANTED and decision == Decision.PARTLY:
        return GRANTED_IN_PART
    return FOR_THE_PERSON.get(event.kind) or event.get_kind_display()
