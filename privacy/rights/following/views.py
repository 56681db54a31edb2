from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from privacy.authority import CNIL
from privacy.links import single_use
from privacy.links.pages import token_page
from privacy.papers.forms import PapersForm
from privacy.papers.services import give, takes_papers
from privacy.rights import intake
from privacy.rights.asking.contents import what_was_asked
from privacy.rights.asking.limits import too_many
from privacy.rights.deadlines import explain
from privacy.rights.following.forms import LinkForm, MessageForm
from privacy.rights.following.standing import standing, told
from privacy.rights.following.visits import enter, leave, requester_page
from privacy.rights.following.writing import send_new_link, write_message
from privacy.rights.kinds import State
from privacy.rights.links import FOLLOW
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn

CAN_BE_TAKEN_BACK = {State.UNPROVED, State.OPEN, State.DOUBT}


@token_page
def by_link(http: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: GET shows a button, POST uses the link up and opens the page of the request."""
    if http.method == "POST":
        link = single_use.use(FOLLOW, token)
        request = RightsRequest.objects.filter(pk=link.record_id).first() if link else None
        if request is not None:
            enter(http, request)
            return redirect("rights-request")
    elif single_use.peek(FOLLOW, token):
        return render(http, "privacy/rights/open.html")
    return render(http, "privacy/rights/link_gone.html", status=410)


def new_link(http: HttpRequest) -> HttpResponse:
    """For who has no live link: the same answer whatever was typed."""
    form = LinkForm(http.POST if http.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(http, "privacy/rights/new_link.html", {"form": form}, status=422 if form.is_bound else 200)
    wait = too_many(http, form="new-link")
    if wait:
        page = render(http, "privacy/rights/new_link.html", {"form": form, "retry_after": wait}, status=429)
        page["Retry-After"] = str(wait)
        return page
    send_new_link(form.cleaned_data["reference"], form.cleaned_data["email"])
    return redirect("rights-link-sent")


def link_sent(http: HttpRequest) -> HttpResponse:
    return render(http, "privacy/rights/link_sent.html")


@requester_page
def follow(http: HttpRequest, request: RightsRequest) -> HttpResponse:
    """The page of one request; POST is a message to the officer."""
    form = MessageForm(http.POST if http.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(http, request, form, status=422 if form.is_bound else 200)
    wait = too_many(http, form="message")
    if wait:
        page = _page(http, request, form, status=429, retry_after=wait)
        page["Retry-After"] = str(wait)
        return page
    write_message(request, form.cleaned_data["message"])
    return redirect("rights-request")


@requester_page
def take_back(http: HttpRequest, request: RightsRequest) -> HttpResponse:
    """The person no longer wants it. Where it has been decided meanwhile, the page says what is so."""
    try:
        intake.take_back(request)
    except MovedOn:
        return _page(http, RightsRequest.objects.get(pk=request.pk), MessageForm(), status=409, too_late=True)
    return redirect("rights-request")


@requester_page
def papers(http: HttpRequest, request: RightsRequest) -> HttpResponse:
    """A copy of an identity document, sent later than the request."""
    wait = too_many(http, form="papers")
    if wait:
        page = _page(http, request, MessageForm(), status=429, retry_after=wait)
        page["Retry-After"] = str(wait)
        return page
    form = PapersForm(http.POST, http.FILES, prefix="papers", at_least_one=True)
    if takes_papers(request) and not form.is_valid():
        return _page(http, request, MessageForm(), status=422, papers=form)
    with suppress(MovedOn):  # Decided meanwhile: the page says so, and nothing is kept.
        if takes_papers(request):
            give(request, form.sides())
    return redirect("rights-request")


def close(http: HttpRequest) -> HttpResponse:
    leave(http)
    return redirect("rights-closed")


def closed(http: HttpRequest) -> HttpResponse:
    return render(http, "privacy/rights/closed.html")


def _page(http: HttpRequest, request: RightsRequest, form: MessageForm, *, status: int, **more: Any) -> HttpResponse:
    file = request.content
    events = file.events.filter(shown=True) if file else []
    context = {
        "asked": request,
        "file": file,
        "what": what_was_asked(file) if file else [],
        "standing": standing(request),
        "why": explain(request.received_at, extended=request.extended_at is not None, paused_days=request.paused_days),
        "can_be_taken_back": request.state in CAN_BE_TAKEN_BACK,
        "events": [(event, told(event, request.decision)) for event in events],
        "form": form,
        "authority": CNIL,
        "papers": PapersForm(prefix="papers") if file and takes_papers(request) else None,
        "papers_asked": request.state == State.DOUBT,
        **more,
    }
    return render(http, "privacy/rights/request.html", context, status=status)
