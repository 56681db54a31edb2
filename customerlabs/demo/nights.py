"""What nights and mornings left: the letters that went, purges, and the daily checks of the commitments."""

from datetime import timedelta

from django.db.models import F

from customerlabs.demo.people import World
from privacy.commitments.checking import check_commitments
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.continuity.forgetting import forget_lines
from privacy.models import Letter, RetentionRun
from privacy.retention.engine import enforce_retention
from privacy.rights.fulfilment.tasks import finish_rights

DAY = timedelta(days=1)
NIGHTS = 90
BROKE = "letters-leave"
"""The commitment that was not kept for two days, forty days ago: the mail server was away."""


def letters_have_left() -> None:
    """Nothing leaves because of the demonstration: each letter counts as sent on the day it was written."""
    queued = Letter.objects.filter(state=Letter.State.QUEUED)
    if queued.update(state=Letter.State.SENT, attempts=1, finished_at=F("created_at")):
        finish_rights()


def purge(world: World) -> None:
    """The nights before are on record; last night's is a purge in earnest, and takes whatever has had its time."""
    RetentionRun.objects.bulk_create(
        RetentionRun(
            trigger=RetentionRun.Trigger.BEAT,
            started_at=world.now - night * DAY,
            seen_at=world.now - night * DAY,
            finished_at=world.now - night * DAY + timedelta(seconds=2),
            outcome=RetentionRun.Outcome.DONE,
        )
        for night in range(NIGHTS, 0, -1)
    )
    enforce_retention(RetentionRun.Trigger.COMMAND)
    forget_lines(world.now)


def check(world: World) -> list[str]:
    """Check every commitment, and give it its history. Returns the names of those not kept."""
    watched = check_commitments()
    CommitmentCheck.objects.bulk_create(
        CommitmentCheck(
            commitment=one,
            checked_at=world.now - day * DAY,
            on=one.on and one.on - day * DAY,
            **_found(one, day),
        )
        for day in range(NIGHTS, 0, -1)
        for one in watched
    )
    for one in watched:
        since = world.now - (38 if one.name == BROKE else NIGHTS) * DAY
        WatchedCommitment.objects.filter(pk=one.pk, kept=True).update(since=since)
    return [one.name for one in watched if not one.kept]


def _found(watched: WatchedCommitment, day: int) -> dict[str, object]:
    if watched.name == BROKE and day in (39, 40):
        return {"kept": False, "number": 14}
    return {"kept": watched.kept, "number": watched.number}
