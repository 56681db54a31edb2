from collections.abc import Callable
from contextlib import suppress

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from privacy.authority import CNIL
from privacy.links import single_use
from privacy.links.pages import token_page
from privacy.papers.forms import PapersForm, papers_wanted
from privacy.papers.services import give
from privacy.rights import intake
from privacy.rights.asking.asked import RightForm
from privacy.rights.asking.forms import FORMS
from privacy.rights.asking.limits import too_many
from privacy.rights.asking.rights import BY_RIGHT, OFFERS
from privacy.rights.following.visits import enter
from privacy.rights.kinds import WITHOUT_PAPERS, Right, State
from privacy.rights.links import PROVE
from privacy.rights.models import RightsRequest
from privacy.rights.references import as_typed
from privacy.rights.states import MovedOn

FORM = "privacy/rights/form.html"


def index(request: HttpRequest) -> HttpResponse:
    """Each right in two sentences, and the way to its form."""
    return render(request, "privacy/rights/index.html", {"offers": OFFERS, "authority": CNIL})


def ask(right: Right) -> Callable[[HttpRequest], HttpResponse]:
    """The page with the form of this right. What was typed is kept when it has to be corrected, or comes too often."""

    def page(request: HttpRequest) -> HttpResponse:
        posted = request.method == "POST"
        form = FORMS[right](request.POST if posted else None)
        papers = PapersForm(request.POST, request.FILES, prefix="papers") if posted else PapersForm(prefix="papers")
        context = {
            "form": form,
            "papers": papers if right not in WITHOUT_PAPERS else None,
            "papers_wanted": papers_wanted(right),
            "offer": BY_RIGHT[right],
        }
        if not posted or not form.is_valid():
            return render(request, FORM, context, status=422 if posted else 200)
        wait = too_many(request, form=right.value, doubtful=form.is_doubtful)
        if wait:
            response = render(request, FORM, {**context, "retry_after": wait}, status=429)
            response["Retry-After"] = str(wait)
            return response
        if not papers.is_valid():  # Looked at last: it takes a second a file.
            return render(request, FORM, context, status=422)
        filed = _file(right, form, papers)
        return redirect("rights-received" if filed.state == State.UNPROVED else "rights-noted", filed.reference)

    return page


def _file(right: Right, form: RightForm, papers: PapersForm) -> RightsRequest:
    with transaction.atomic():
        filed = intake.submit(right, **form.submission())
        if right not in WITHOUT_PAPERS:
            with suppress(MovedOn):  # The same form sent again, once its request is decided.
                give(filed, papers.sides())
    return filed


@token_page
def received(request: HttpRequest, reference: str) -> HttpResponse:
    """After the form: the same for every address. Nothing is looked up: the reference is the one of the address bar."""
    return _with_reference(request, "privacy/rights/received.html", reference)


@token_page
def noted(request: HttpRequest, reference: str) -> HttpResponse:
    """After what needs no proof: it is done, whatever the address."""
    return _with_reference(request, "privacy/rights/noted.html", reference)


@token_page
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the first mail: GET shows a button, POST proves the address and opens the page of the request."""
    if request.method == "POST":
        proved = intake.prove(token)
        if proved is not None:
            enter(request, proved)
            return redirect("rights-request")
    elif single_use.peek(PROVE, token):
        return render(request, "privacy/rights/prove.html")
    if single_use.was_used(PROVE, token):
        return render(request, "privacy/rights/proved_before.html")
    return render(request, "privacy/rights/link_gone.html", status=410)


def _with_reference(request: HttpRequest, template: str, reference: str) -> HttpResponse:
    if as_typed(reference) != reference:
        raise Http404
    return render(request, template, {"reference": reference})
