"""The worker of gunicorn that waits for nobody for ever, and hears out a body that nothing read.

gunicorn's own threads read with no limit: eight clients that send a letter a second would be all that the site serves.
And they hang up after 64 KiB of a body that a refusal left unread: the refusal is lost on its way, and nginx takes the
web for dead.
"""

import errno
import socket
import time
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

from customerlabs.serving.bodies import UPLOAD

PATIENCE = 10.0
"""Seconds for the head of a request and a small form."""
SLOWEST = 16 * 1024
"""Bytes a second that a larger body must come at: 10 MB of identity papers may take ten minutes."""
SENDING = 30.0
"""Seconds in which a client must take one piece of the answer."""


class TimedSocket:
    """A socket that stops reading when its request takes too long, whatever trickles in."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.begin()

    def begin(self) -> None:
        """Another request begins."""
        self._ends_at = time.monotonic() + PATIENCE

    def recv(self, size: int, *flags: int) -> bytes:
        left = self._ends_at - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(left)
            got = self._sock.recv(size, *flags)
        except TimeoutError:
            # What gunicorn takes for a client that went away, since for us it has.
            raise ConnectionResetError(errno.ECONNRESET, "too slow") from None
        finally:
            self._sock.settimeout(SENDING)
        self._ends_at += len(got) / SLOWEST
        return got

    def setblocking(self, blocking: bool) -> None:
        self._sock.settimeout(SENDING if blocking else 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class ImpatientWorker(ThreadWorker):  # type: ignore[misc]
    """gthread, with a limit on how long a request may take to come in; what nothing read of it comes in too."""

    def handle(self, conn: TConn) -> Any:
        if isinstance(conn.sock, TimedSocket):
            conn.sock.begin()
        else:
            conn.sock = TimedSocket(conn.sock)
        return super().handle(conn)

    def handle_request(self, req: Request, conn: TConn) -> Any:
        keeps = super().handle_request(req, conn)
        heard = 0
        try:
            while heard < UPLOAD and (piece := req.body.read(64 * 1024)):
                heard += len(piece)
        except ParseException:
            return False  # It has its answer: one more about its last bytes would be taken for another request's.
        return keeps
