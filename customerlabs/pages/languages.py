"""The reader's language, and the choice of another."""

from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import translate_url
from django.utils.translation import get_language_from_path, override
from django.views.decorators.csrf import csrf_exempt

from privacy.same_origin import is_from_this_site, own_address

NAMES = {"fr": "Français", "en": "English"}
"""Each language in its own words, for those who don't read the page's."""


def in_language(address: str, language: str) -> str:
    """Where this page stands in another language; an address nobody knows keeps its error page."""
    written_in = get_language_from_path(address)
    if written_in is None:
        return address
    # Addresses are only understood in their own language, which may not be the reader's.
    with override(written_in):
        translated: str = translate_url(address, language)
    if translated == address:
        return f"/{language}{address.removeprefix(f'/{written_in}')}"
    return translated


@csrf_exempt
def choose_language(request: HttpRequest) -> HttpResponse:
    """Set the language cookie, as the visitor asked for it, and show the same page in that language.

    The request's origin stands in for a CSRF token: a token would put a cookie on every page.
    """
    if not is_from_this_site(request):
        raise PermissionDenied("Only this site's own pages choose a language.")
    language = request.POST.get("language", "")
    if language not in NAMES:
        raise BadRequest("No such language.")
    asked_for = own_address(request.POST.get("next", "/"), otherwise="/")
    response = HttpResponseRedirect(in_language(asked_for, language))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **cookie_options())
    return response


def cookie_options() -> dict[str, Any]:
    return {
        "max_age": settings.LANGUAGE_COOKIE_AGE,
        "path": settings.LANGUAGE_COOKIE_PATH,
        "secure": settings.LANGUAGE_COOKIE_SECURE,
        "httponly": settings.LANGUAGE_COOKIE_HTTPONLY,
        "samesite": settings.LANGUAGE_COOKIE_SAMESITE,
    }
