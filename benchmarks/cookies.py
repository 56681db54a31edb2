"""What the cookie machinery costs a page: the same page with the gate, the banner and the way back to it, and without.

Handed to Django directly, since a web server's own time would only hide it. Beside it, the same for
django-cookie-consent in an environment of its own.
"""

import io
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import Any
from unittest import mock

from benchmarks.environments import COOKIE_CONSENT, answer_of
from benchmarks.figures import Figure, at_most
from benchmarks.turns import milliseconds, ratio, say, take_turns

BATCH = 100
PAGE = "/fr/"


def measure(options: Namespace) -> Iterator[Figure]:
    rounds = 6 if options.quick else 25
    whole, stripped = handlers()
    found = take_turns({"with": lambda: seconds(whole), "without": lambda: seconds(stripped)}, rounds)
    say(f"{BATCH} pages: {milliseconds(found['with'])} with, {milliseconds(found['without'])} without")
    yield at_most("a page with the cookie machinery / without", 1.05, ratio(found, "with", "without"))
    size = str(len(body_of(stripped)))
    other: dict[str, list[float]] = answer_of(COOKIE_CONSENT, "cookie_consent_site", size)
    yield Figure(
        what="the same for django-cookie-consent 1.0.0, beside it", found=f"{ratio(other, 'with', 'without'):.2f}"
    )


def handlers() -> tuple[Any, Any]:
    """The site, and the site as it would be without cookies to ask about."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings
    from django.utils.safestring import SafeString

    from cookies import choice
    from privacy import pages

    whole = WSGIHandler()
    with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != "cookies.gate.CookieGate"]):
        bare = WSGIHandler()
    others = [what for what in pages._depends_on if what is not choice._what_pages_show]

    def stripped(*request: Any) -> Any:
        with mock.patch.object(pages, "_depends_on", others):
            return bare(*request)

    # Both keep their page under another key; it is written once, and this one without banner and link.
    nothing = mock.Mock(return_value=SafeString(""))
    with mock.patch("cookies.templatetags.cookies.render_to_string", nothing):
        body_of(stripped)
    return whole, stripped


def seconds(handler: Any) -> float:
    began = time.perf_counter()
    for _ in range(BATCH):
        body_of(handler)
    return time.perf_counter() - began


def body_of(handler: Any) -> bytes:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": PAGE,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    statuses: list[str] = []
    answer = handler(environ, lambda status, headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    if statuses != ["200 OK"]:
        raise SystemExit(f"The page answered {statuses}.")
    return body
