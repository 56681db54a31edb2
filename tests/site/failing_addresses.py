"""The site's addresses and, beside them, some that fail: the shape of every trouble a page may meet."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.urls import path

from customerlabs.pages.errors import csrf_failure
from customerlabs.urls import handler400, handler403, handler404, handler500
from customerlabs.urls import urlpatterns as addresses

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def fail_with_400(request: HttpRequest) -> HttpResponse:
    raise BadRequest


def fail_with_403(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def fail_with_403_csrf(request: HttpRequest) -> HttpResponse:
    return csrf_failure(request, REASON_BAD_ORIGIN)


def fail_with_404(request: HttpRequest) -> HttpResponse:
    raise Http404


def fail_with_429(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", {"retry_after": 600}, status=429)


def fail_with_500(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a mistake of ours")


def fail_with_503(request: HttpRequest) -> HttpResponse:
    """A real refusal to connect: nothing listens there."""
    away = connection.copy()
    away.settings_dict = {**away.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    away.ensure_connection()
    return HttpResponse()


def lose_the_connection(request: HttpRequest) -> HttpResponse:
    lost = connection.copy()
    try:
        with lost.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    finally:
        lost.close()
    return HttpResponse()


def take_too_long(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1)")
    return HttpResponse()


views = [fail_with_400, fail_with_403, fail_with_403_csrf, fail_with_404, fail_with_429, fail_with_500, fail_with_503]
failing = [path(f"{view.__name__.removeprefix('fail_with_')}/", view) for view in views]
failing += [path("connection-lost/", lose_the_connection), path("too-long/", take_too_long)]
urlpatterns = [
    *addresses,
    *failing,
    *(path(f"{language}/{address.pattern}", address.callback) for language in ("fr", "en") for address in failing),
]
