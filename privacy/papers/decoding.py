"""Having a stranger's file opened by a process of its own, which is ended if it takes too long."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from enum import Enum
from pathlib import Path

from privacy.papers.confined import REFUSED
from privacy.papers.refusals import PaperRefused

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20
"""By the clock on the wall; the processor's time is limited inside."""
MOST_MADE = 9 * 1024 * 1024
AT_ONCE = 2
"""Decoders a web process runs at the same time: each may take much memory."""
WAIT = 30

_turns = threading.BoundedSemaphore(AT_ONCE)


class Decoder(Enum):
    IMAGE = "privacy.papers.image_decoder"
    PDF = "privacy.papers.pdf_decoder"
    WATERMARK = "privacy.papers.watermarker"


def decoded(decoder: Decoder, data: bytes) -> bytes:
    """What the decoder makes of these bytes. Raises PaperRefused."""
    if not _turns.acquire(timeout=WAIT):
        raise PaperRefused("busy")
    try:
        made, status = _ran(decoder, data)
    finally:
        _turns.release()
    if status == REFUSED:
        raise PaperRefused(made[:40].decode("ascii", "replace"))
    if status != 0 or not made or len(made) > MOST_MADE:
        raise PaperRefused("too-heavy" if status < 0 else "unreadable")
    return made


def _ran(decoder: Decoder, data: bytes) -> tuple[bytes, int]:
    """Its output and exit status; a negative one is the signal that ended it. It knows nothing of our environment."""
    with subprocess.Popen(  # noqa: S603  (our own interpreter, one of three modules of ours)
        [sys.executable, "-E", "-s", "-B", "-m", decoder.value],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={},
        start_new_session=True,
    ) as child:
        clock = threading.Timer(SECONDS, _end, [child])
        feeder = threading.Thread(target=_feed, args=[child, data], daemon=True)
        clock.start()
        feeder.start()
        try:
            made = child.stdout.read(MOST_MADE + 1) if child.stdout else b""
            if len(made) <= MOST_MADE:
                child.wait()
        finally:
            _end(child)
            clock.cancel()
            feeder.join()
    return made, child.returncode


def _feed(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    if child.stdin is not None:
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(data)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """With whatever it may have started. Until it is waited for, its number is nobody else's."""
    if child.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
