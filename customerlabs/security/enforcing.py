"""Holds each request to the route it takes: the method, the size of the body, what a cache may keep."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from customerlabs.pages.errors import error_page
from customerlabs.security.routes import route_of
from customerlabs.serving.bodies import UPLOAD


class Routes:
    """Middleware, above the one that checks forms: it reads the body, and a body that is too large is not read at all.

    Django limits what is typed and the number of files, and not the whole of a body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = too_large(request, UPLOAD) or self.get_response(request)
        if request.resolver_match and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = route_of(request).cache
        return response

    def process_view(self, request: HttpRequest, view: Any, given: Any, named: Any) -> HttpResponse | None:
        route = route_of(request)
        if request.method not in route.methods:
            response = error_page(request, 405, "400.html")
            response["Allow"] = ", ".join(route.methods)
            return response
        return too_large(request, route.body)


def too_large(request: HttpRequest, most: int) -> HttpResponse | None:
    """What answers a body that says it is larger than this, or does not say it in figures."""
    written = str(request.META.get("CONTENT_LENGTH") or "0")
    if written.isdecimal() and len(written) <= 20 and int(written) <= most:
        return None
    response = error_page(request, 413, "400.html")
    response["Connection"] = "close"
    return response
