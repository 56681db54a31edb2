"""Error pages: what happened, and what to do now, in the reader's language.

They need no session, no context processor and no database: any of these may be what failed.
"""

import logging
import sys
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.middleware.csrf import REASON_NO_CSRF_COOKIE, get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from customerlabs.pages.context import site
from privacy.continuity.ledger import LedgerUnavailable
from privacy.same_origin import is_from_this_site

logger = logging.getLogger(__name__)

RETRY_AFTER = 30
"""Seconds: a database that restarts is back by then."""
TRANSIENT_STATES = ("08", "53", "57P01", "57P02", "57P03")
"""Beginnings of SQLSTATE: connection lost, server full, server stopping, just stopped, or not yet started."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off. What was typed waits behind a button."""
    without_cookies = reason == REASON_NO_CSRF_COOKIE
    return error_page(request, 403, "403_csrf.html", without_cookies=without_cookies, **sent_again(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is out of reach, or the ledger, without which nothing is erased; 500 for mistakes of ours.

    A middleware would not do: errors raised in other middleware never reach it as exceptions.
    """
    error = sys.exc_info()[1]
    if isinstance(error, UnreadablePostError):  # They hung up, or were too slow to be waited for.
        return error_page(request, 400)
    if is_database_out_of_reach(error) or isinstance(error, LedgerUnavailable):
        response = error_page(request, 503, **sent_again(request))
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return error_page(request, 500)


def is_database_out_of_reach(error: BaseException | None) -> bool:
    """Whether waiting helps. A deadlock or a statement cut off for its length is for us to mend.

    InterfaceError is left out: from psycopg 3 it only ever means a mistake in the code.
    """
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(TRANSIENT_STATES)


def error_page(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    language = translation.get_language_from_request(request, check_path=True)
    with translation.override(language):
        try:
            content = render_to_string(template or f"{status}.html", {**site(request), **context})
            response = HttpResponse(content, status=status)
        except Exception:
            logger.exception("The page for status %s broke as well", status)
            text = _("Something went wrong on our side. Please try again in a few minutes.")
            response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Content-Language"] = language
    patch_cache_control(response, no_store=True)
    return response


def sent_again(request: HttpRequest) -> dict[str, Any]:
    """What a visitor was sending, for a button that sends it once more: nobody types a message twice.

    Nothing for the admin, where passwords are sent; nothing for files, which a page cannot hand back to the browser;
    nothing another site sent, whose words have no place on our pages.
    """
    is_visitor = translation.get_language_from_path(request.path) is not None
    if request.method != "POST" or not is_visitor or request.FILES or not is_from_this_site(request):
        return {}
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    return {"kept": kept, "csrf_token": get_token(request)}
