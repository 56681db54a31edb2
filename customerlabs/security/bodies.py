"""How much one request may bring. Django limits what is typed and the number of files, not the whole of a body."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from customerlabs.pages.errors import error_page


class BodyLimit:
    """Middleware: a body that says it is larger than settings.LARGEST_BODY is not read at all (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        written = str(request.META.get("CONTENT_LENGTH") or "0")
        if not written.isdecimal() or int(written[:20]) > settings.LARGEST_BODY:
            response = error_page(request, 413, "400.html")
            response["Connection"] = "close"
            return response
        return self.get_response(request)
