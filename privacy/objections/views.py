from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from privacy.links import single_use
from privacy.links.pages import token_page
from privacy.objections.letters import UNDO
from privacy.objections.services import undo


@token_page
def undo_page(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: GET asks, POST undoes. A second click is told that all is well."""
    if single_use.was_used(UNDO, token):
        return redirect("objection-undone")
    if single_use.peek(UNDO, token) is None:
        return render(request, "privacy/link_gone.html", status=410)
    if request.method == "POST":
        undo(token)
        return redirect("objection-undone")
    return render(request, "privacy/objections/undo.html")


def undone(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/objections/undone.html")
