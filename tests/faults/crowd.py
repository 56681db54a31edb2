"""Many people who write at once, each with a client that tries again until the site has said yes."""

import http.client
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faults.visitor import Reply, Visitor

MANY = 500
AT_ONCE = 8
"""Connections: as many as the site's web has threads."""
PATIENCE = 300
"""Seconds after which a client gives up, and the test with it."""
BETWEEN = 0.5
"""Seconds between two tries: less than the site asks for, which is harder on it."""


@dataclass
class Crowd:
    """`domain` tells its people from those of other tests."""

    port: int
    domain: str
    visitors: list[Visitor] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    replies: list[Reply] = field(default_factory=list)
    cut_off: int = 0
    """Answers that never came."""

    def open_forms(self, many: int = MANY) -> "Crowd":
        """Read the form so many times; each has a number of its own, which makes it one message however often sent."""
        visitors = [Visitor(self.port, f"p{number:03}@{self.domain}") for number in range(many)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            self.visitors += pool.map(Visitor.open_form, visitors)
        return self

    def send(self) -> "Sending":
        """Everybody sends; returns at once."""
        return Sending(self)

    def statuses(self) -> Counter[int]:
        return Counter(reply.status for reply in self.replies)

    def insist(self, visitor: Visitor, give_up: threading.Event) -> None:
        """Send one form until it is acknowledged. Raises AssertionError for an answer that asks for something else."""
        ends_at = time.monotonic() + PATIENCE
        while not give_up.is_set():
            try:
                reply = visitor.send()
            except (OSError, http.client.HTTPException):
                self.cut_off += 1
            else:
                self.replies.append(reply)
                if reply.is_thanks:
                    self.acknowledged.add(visitor.address)
                    return
                assert reply.status >= 500, reply
                assert reply.status != 503 or int(reply.retry_after) > 0
            assert time.monotonic() < ends_at, "A client was never heard."
            time.sleep(BETWEEN)


class Sending:
    """A crowd that sends, in threads: used as `with crowd.send() as sending:`, it is over at the end of the block."""

    def __init__(self, crowd: Crowd):
        self.crowd = crowd
        self.give_up = threading.Event()
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.under_way: list[Future[None]] = []

    def __enter__(self) -> "Sending":
        self.under_way = [self.pool.submit(self.crowd.insist, visitor, self.give_up) for visitor in self.crowd.visitors]
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.give_up.set()
        self.pool.shutdown(wait=True)
        if kind is None:
            for future in self.under_way:
                future.result()

    @property
    def done(self) -> int:
        return len(self.crowd.acknowledged)
