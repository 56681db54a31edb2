"""Public pages that are the same for many visitors are written once, and then kept in this process's memory.

A kept page can't be stale: it is kept under everything it was made of. What every page shows besides (the banner, a
notice) is told by whoever shows it, through `pages_depend_on`; what is one visitor's alone is filled in each time.
"""

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from operator import is_
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from privacy.registry import registry

MOST = 200
"""Pages at most in memory; there are some ten, in two languages, with and without the banner."""

_depends_on: list[Callable[[HttpRequest], Hashable]] = []
_kept: dict[Hashable, tuple[tuple[object, ...], list[bytes]]] = {}


class KeptPage(HttpResponse):
    """`pieces` make up its content: by turns what is the same for many, and what is this visitor's alone."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__(b"".join(pieces))
        self.pieces = pieces


def pages_depend_on(what: Callable[[HttpRequest], Hashable]) -> Callable[[HttpRequest], Hashable]:
    """Something that pages show and that differs between visitors, or with time: what it is for this request."""
    _depends_on.append(what)
    return what


def kept_page(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]] = dict,
    *,
    made_of: Hashable = None,
    each_time: Mapping[str, Callable[[], str]] | None = None,
) -> HttpResponse:
    """This template as a page, from memory where nothing that it is made of has changed.

    `context` is asked for only where the page has to be written; `made_of` stands for what is in it and may change.
    `each_time` has, for each mark that the page was written with, what takes its place for this visitor. A page asked
    for with a query is not kept, nor is any where templates are being written.
    """
    fill = each_time or {}
    fresh = {mark.encode(): value().encode() for mark, value in fill.items()}
    if settings.DEBUG or request.META.get("QUERY_STRING"):
        written = cut(render_to_string(template, context(), request), fill)
        return HttpResponse(b"".join(fresh.get(piece, piece) for piece in written))
    key = (template, request.path, get_language(), made_of, *[what(request) for what in _depends_on])
    source = code_and_settings()
    known = _kept.get(key)
    if known is None or not same(known[0], source):
        if len(_kept) >= MOST:
            _kept.clear()
        known = _kept[key] = (source, cut(render_to_string(template, context(), request), fill))
    return KeptPage([fresh.get(piece, piece) for piece in known[1]])


def cut(page: str, marks: Collection[str]) -> list[bytes]:
    """What stands between these marks, and by turns with it the marks."""
    pieces = re.split(f"({'|'.join(map(re.escape, marks))})", page) if marks else [page]
    return [piece.encode() for piece in pieces]


def code_and_settings() -> tuple[object, ...]:
    """What all that is printed from the declarations is made of: to be compared by `same`."""
    return (settings._wrapped, *registry.declarations)  # type: ignore[misc]


def same(ones: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Whether these are the very same objects."""
    return len(ones) == len(others) and all(map(is_, ones, others))
