"""Asking ClamAV about a file, by its INSTREAM command; the libraries that did this are no longer looked after.

Where no antivirus is set up (settings.CLAMD_URL), nobody is asked. Where one is, no file is taken without its answer.
"""

import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from privacy.papers.refusals import PaperRefused

logger = logging.getLogger(__name__)

SECONDS = 15
PIECE = 64 * 1024
LONGEST_ANSWER = 4096


def scan(data: bytes) -> None:
    """Raises PaperRefused for what is infected, and when there is no answer."""
    if not settings.CLAMD_URL:
        return
    try:
        answer = _answer(data)
    except OSError as error:
        logger.error("The antivirus does not answer: %s.", type(error).__name__)
        raise PaperRefused("not-scanned") from None
    if answer.endswith(b" FOUND"):
        raise PaperRefused("infected")
    if answer != b"stream: OK":
        logger.error("The antivirus gave no verdict.")
        raise PaperRefused("not-scanned")


def _answer(data: bytes) -> bytes:
    """What it says of these bytes, such as “stream: OK”. Raises OSError."""
    with _connected() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            daemon.sendall(struct.pack("!L", len(piece)) + piece)
        daemon.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            heard = daemon.recv(LONGEST_ANSWER)
            if not heard:
                break
            answer += heard
    return answer.rstrip(b"\0").strip()


def _connected() -> socket.socket:
    place = urlsplit(settings.CLAMD_URL)
    if place.scheme == "tcp":
        return socket.create_connection((place.hostname or "127.0.0.1", place.port or 3310), timeout=SECONDS)
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    daemon.settimeout(SECONDS)
    try:
        daemon.connect(place.path)
    except OSError:
        daemon.close()
        raise
    return daemon
