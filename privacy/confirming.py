"""Before what can't be taken back, whoever is signed in shows once more who they are. How is the frame's affair (P7.1).

Data that leaves, an erasure, somebody's papers: a screen left open must not be enough for these.
"""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Asking = Callable[[HttpRequest, bool], HttpResponseBase | None]
_asked_by: list[Asking] = []


def confirm_with(asking: Asking) -> None:
    """Said by the frame, once: what to ask with. It gets the request, and whether what is posted is to be kept."""
    _asked_by[:] = [asking]


def ask_again(request: HttpRequest, *, keep: bool = False) -> HttpResponseBase | None:
    """The response that asks whoever is signed in to confirm who they are, or None when they did a moment ago.

    With `keep`, what they post is carried out once they have: for pages where much is typed, and nothing secret.
    Raises ImproperlyConfigured when no one has said how: nothing of the kind may then be done at all.
    """
    if not _asked_by:
        raise ImproperlyConfigured("Nothing asks staff to confirm who they are: see privacy/confirming.py.")
    return _asked_by[0](request, keep)
