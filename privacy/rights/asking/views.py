from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from privacy.authority import CNIL
from privacy.links import single_use
from privacy.links.pages import token_page
from privacy.rights import intake
from privacy.rights.asking.forms import FORMS
from privacy.rights.asking.limits import too_many
from privacy.rights.asking.rights import BY_RIGHT, OFFERS
from privacy.rights.following.visits import enter
from privacy.rights.kinds import Right, State
from privacy.rights.links import PROVE
from privacy.rights.references import as_typed

FORM = "privacy/rights/form.html"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Each right in two sentences, and the way to its form."""
    return render(request, "privacy/rights/index.html", {"offers": OFFERS, "authority": CNIL})


def ask(right: Right) -> Callable[[HttpRequest], HttpResponse]:
    """The page with the form of this right. What was typed is kept when it has to be corrected, or comes too often."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest) -> HttpResponse:
        form = FORMS[right](request.POST if request.method == "POST" else None)
        context = {"form": form, "offer": BY_RIGHT[right]}
        if not form.is_bound or not form.is_valid():
            return render(request, FORM, context, status=422 if form.is_bound else 200)
        wait = too_many(request, doubtful=form.is_doubtful)
        if wait:
            response = render(request, FORM, {**context, "retry_after": wait}, status=429)
            response["Retry-After"] = str(wait)
            return response
        filed = intake.submit(right, **form.submission())
        return redirect("rights-received" if filed.state == State.UNPROVED else "rights-noted", filed.reference)

    return page


@token_page
@require_safe
def received(request: HttpRequest, reference: str) -> HttpResponse:
    """After the form: the same for every address. Nothing is looked up: the reference is the one of the address bar."""
    return _with_reference(request, "privacy/rights/received.html", reference)


@token_page
@require_safe
def noted(request: HttpRequest, reference: str) -> HttpResponse:
    """After what needs no proof: it is done, whatever the address."""
    return _with_reference(request, "privacy/rights/noted.html", reference)


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
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
