"""One at a time: a lock that the server frees when its holder is gone, however that one ended."""

import contextlib
import zlib
from collections.abc import Iterator

from privacy.continuity.programs import Server
from privacy.continuity.refusal import Refused

ROOM = zlib.crc32(b"privacy.continuity") >> 1
"""The first half of our advisory locks' numbers."""


class Busy(Refused):
    """Another process is at it."""


@contextlib.contextmanager
def alone(server: Server, what: str, *, at: str = "") -> Iterator[None]:
    """Raises Busy when another process does this for the same database. `at`: the database where the lock is taken."""
    with server.connect(at or server.live) as session, session.transaction():
        number = zlib.crc32(f"{what} of {server.live}".encode()) >> 1
        taken = session.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ROOM, number]).fetchone()
        if taken != (True,):
            raise Busy(f"A {what} is under way in another process. Wait for it to end, then type the same again.")
        yield
