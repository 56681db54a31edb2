from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class AnonymousGZipMiddleware(GZipMiddleware):
    """Compresses pages for visitors without a session.

    BREACH reads a secret from the length of compressed pages that hold both the secret and words of the attacker, and
    needs a victim whose cookies open those pages. Whoever has a session, staff that is, gets them uncompressed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        return super().process_response(request, response)
