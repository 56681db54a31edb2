"""What is being done right now, and for whom: which web request, or which task or command. Known to the whole thread.

An id of a request is made here, one for each; what a client may have sent under such a name is not looked at.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_job: ContextVar[str] = ContextVar("job", default="")


def request_id() -> str:
    """Of the web request that is being answered; empty outside of one."""
    return _request_id.get()


def job() -> str:
    """The name of the task or command that runs; empty in a web request."""
    return _job.get()


def set_job(name: str) -> None:
    """What is done from now on is done by this task or command; by none when empty."""
    _job.set(name)


class RequestIds:
    """Middleware: each request has an id of its own for as long as it is answered, a file sent bit by bit included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = secrets.token_hex(8)
        with _answering(request_id):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _sent(request_id, iter(cast(Iterable[bytes], response.streaming_content)))
        return response


@contextmanager
def _answering(request_id: str) -> Iterator[None]:
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def _sent(request_id: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Its pieces are made while they are sent, long after the middleware."""
    while True:
        with _answering(request_id):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
