"""Whether the time a form takes tells if an address is known: posts with a known and an unknown one, taking turns."""

import statistics
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.figures import Figure
from benchmarks.turns import milliseconds, say, take_turns

KNOWN = "zoe.known@example.com"
NO_PAPERS = {"recto": "", "verso": ""}
UNKNOWN = "eva.unknown{}@example.com"


def measure(options: Namespace) -> Iterator[Figure]:
    from privacy.rights.kinds import Right
    from tests.consents.people import wrote
    from tests.prospects.people import confirmed
    from tests.rights.people import proved
    from tests.site.pages import FORMS

    request = proved(Right.QUESTION, email=KNOWN)
    wrote(KNOWN)
    confirmed(KNOWN)
    rounds = 6 if options.quick else 20
    for name in FORMS:
        visit = partial(posted, name, request.reference)
        found = take_turns({"known": partial(visit, lambda: KNOWN), "unknown": partial(visit, next_unknown)}, rounds)
        known, unknown = quartiles(found["known"]), quartiles(found["unknown"])
        overlap = known[0] <= unknown[1] and unknown[0] <= known[1]
        say(f"{name}: known {milliseconds(found['known'])}, unknown {milliseconds(found['unknown'])}")
        yield Figure(
            what=f"form {name}: known / unknown address, median time; their middle halves",
            asked="overlap",
            found=f"{statistics.median(found['known']) / statistics.median(found['unknown']):.2f}; "
            + ("overlap" if overlap else "apart"),
            holds=overlap,
        )


_unknown = iter(range(10**9))


def next_unknown() -> str:
    return UNKNOWN.format(next(_unknown))


def quartiles(values: list[float]) -> tuple[float, float]:
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def posted(name: str, reference: str, address_typed: Callable[[], str]) -> float:
    """Seconds from the post of a form that is filled in to its answer, by the site's own code without a network."""
    from django.test import Client

    from tests.security.robot import Robot
    from tests.security.walks import PICKED
    from tests.site.pages import address

    typed, seconds = address_typed(), list[float]()

    class Watch(Client):
        def post(self, *given: Any, **more: Any) -> Any:
            began = time.perf_counter()
            answer = super().post(*given, **more)
            seconds.append(time.perf_counter() - began)
            return answer

    chosen = {**PICKED, **NO_PAPERS, "email": typed, "deceased_email": typed, "executor_email": typed}
    if name == "rights-restriction":
        chosen["ground"] = "18(1)(a)"
    if name == "rights-new-link":
        chosen["reference"] = reference
    client = Watch(SERVER_NAME="127.0.0.1")
    Robot(client, words=lambda field: f"Quelques mots {field}", address=lambda field: typed, chosen=chosen).fill_in(
        address(name, "fr")
    )
    return seconds[-1]
