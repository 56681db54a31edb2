"""Whether this process can serve visitors, and what else an operator should know.

What a visitor can't be served without makes it not ready: the database, with the tables this program expects. The rest
is told and does not count. Without the broker forms are taken and letters leave later; a purge or a backup that is late
is no worse on this machine than on the next. All the machines see the same broker and the same backups, so a load
balancer that believed these would take out all of them, and make an outage of a delay.
"""

import time
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from customerlabs.health.asking import Question, reach_database
from customerlabs.health.parts import BrokerAway, ask_broker, missing_migrations
from privacy.commitments.in_time import last_purge
from privacy.continuity.commitments import last_backup

LIMIT = 2.0
"""Seconds in which there is an answer, whatever is frozen."""


@dataclass(frozen=True)
class Readiness:
    """By part: whether it is well. `needed` decides, `watched` only tells."""

    needed: dict[str, bool]
    watched: dict[str, bool]

    @property
    def ready(self) -> bool:
        return all(self.needed.values())


def _database() -> dict[str, bool]:
    reach_database()
    found = {"database": True, "migrations": not missing_migrations()}
    if found["migrations"]:
        now = timezone.now()
        found |= {"purge": last_purge(now).kept, "backup": last_backup(now).kept}
    return found


def _broker() -> dict[str, bool]:
    ask_broker()
    return {"broker": True}


OF_THE_DATABASE = Question(_database)
OF_THE_BROKER = Question(_broker)


def readiness() -> Readiness:
    """Within LIMIT seconds. What could not be seen to be well is not."""
    ends_at = time.monotonic() + LIMIT
    found: dict[str, bool] = {}
    for asked in (OF_THE_DATABASE.start(), OF_THE_BROKER.start()):
        found |= _heard(asked, ends_at)
    return Readiness(
        needed={part: found.get(part, False) for part in ("database", "migrations")},
        watched={part: found.get(part, False) for part in ("broker", "purge", "backup")},
    )


def _heard(asked: "Future[dict[str, bool]]", ends_at: float) -> dict[str, bool]:
    try:
        return asked.result(max(0.0, ends_at - time.monotonic()))
    except (TimeoutError, DatabaseError, BrokerAway):
        return {}
