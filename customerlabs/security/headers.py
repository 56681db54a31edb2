"""Headers that every response carries beside the content policy, which django-csp writes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class FixedHeaders:
    """Nobody else's page may embed or read ours, and ours load nothing that does not agree to it.

    A header that a view has set stays: some are stricter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in settings.FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
