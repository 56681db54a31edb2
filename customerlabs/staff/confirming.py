"""Showing once more who one is, before what can't be taken back. The apps ask through privacy.confirming."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    STATE_SESSION_KEY,
    did_recently_reauthenticate,
    stash_and_reauthenticate,
    suspend_request,
)
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve

from privacy.confirming import confirm_with

RESUME = "customerlabs.staff.confirming.resume"


def confirmed_or_asked(request: HttpRequest, keep: bool) -> HttpResponseBase | None:
    """None when whoever asks has shown their password or factor in the last five minutes; else the page that asks.

    With `keep`, what was posted waits in their session and is carried out once they have shown it.
    """
    if did_recently_reauthenticate(request):
        return None
    if keep and request.method == "POST":
        posted = {"path": request.path, "posted": request.POST.urlencode()}
        return HttpResponseRedirect(stash_and_reauthenticate(request, posted, RESUME).url)
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        raise PermissionDenied("There is nothing to confirm with: the account has neither password nor factor.")
    # What was posted before, and then not confirmed, was given up: confirming for this page must not carry it out.
    request.session.pop(STATE_SESSION_KEY, None)
    if request.method == "POST":
        request.method = "GET"  # Nothing of it is kept: the page is shown again, and what was typed is typed again.
    return HttpResponseRedirect(suspend_request(request, methods[0]["url"]).url)


def resume(request: HttpRequest, state: dict[str, Any]) -> HttpResponseBase:
    """What was posted before, now that they have shown who they are. Its page checked the token then."""
    if not did_recently_reauthenticate(request):
        return HttpResponseRedirect(state["path"])
    request.path = request.path_info = state["path"]
    request.POST = QueryDict(state["posted"])
    found = resolve(state["path"])
    request.resolver_match = found
    response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    return response


confirm_with(confirmed_or_asked)
