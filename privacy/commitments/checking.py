"""Running the checks and writing down what they found.

Each check has a transaction of its own, read-only and limited in time, rolled back at the end: it can change nothing,
hang nothing and break no other. What it found is written in another, under the lock of its row, so that two runs at
once agree on what changed. Whoever turned red is told to the DPO from the rows themselves: a run killed before the
mail leaves it to the next.
"""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from privacy.commitments.frame import Commitment, Finding, all_commitments
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.officer import NOBODY
from privacy.periods import Period
from privacy.retention.engine import SIGN_OF_LIFE
from privacy.retention.models import RetentionRun

logger = logging.getLogger(__name__)

HOUR = 5
"""When the day's check is due, in settings.TIME_ZONE: after the night's purge."""
STATEMENT_TIMEOUT = 20_000
"""Milliseconds one statement of a check may take."""
AHEAD = timedelta(minutes=10)
"""Clocks of two machines, or a check that was overtaken, differ by less. What is dated later was on a wrong clock."""
HISTORY = Period(years=3)
"""How long results are kept: the history is evidence (GDPR Art. 5(2)), a few dozen rows a day."""

Progress = Callable[[Commitment, WatchedCommitment, float], None]
"""Called with a commitment, where it stands now, and the seconds its check took."""


def check_commitments(
    chosen: Iterable[Commitment] | None = None, *, seconds: float | None = None, progress: Progress | None = None
) -> list[WatchedCommitment]:
    """Check these commitments, or all of them, and tell the DPO which turned red. Returns where those checked stand.

    Begins no check after so many seconds. To be called outside any transaction.
    """
    ends_at = None if seconds is None else time.monotonic() + seconds
    done = []
    for commitment in all_commitments() if chosen is None else chosen:
        if ends_at is not None and time.monotonic() >= ends_at:
            break
        at, began = timezone.now(), time.monotonic()
        finding, error = look(commitment, at)
        watched = _write_down(commitment, finding, error, at)
        if progress is not None:
            progress(commitment, watched, time.monotonic() - began)
        done.append(watched)
    tell_dpo()
    if done:
        _forget_old_results(timezone.now())
    return done


def look(commitment: Commitment, now: datetime) -> tuple[Finding, str]:
    """What the check finds, and the kind of error when it could not end."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true), set_config('transaction_read_only', 'on', true)",
                    [str(STATEMENT_TIMEOUT)],
                )
            with translation.override(settings.LANGUAGE_CODE):  # What is written down is read by all staff.
                finding = commitment.check(now)
            transaction.set_rollback(True)  # There is nothing to keep, and both settings end here.
    except Exception as error:  # Whatever broke this one, the others must be looked at too.
        logger.exception("The check of %s failed.", commitment.name)
        return Finding(kept=False), type(error.__cause__ or error).__name__
    return finding, ""


def _write_down(commitment: Commitment, finding: Finding, error: str, at: datetime) -> WatchedCommitment:
    found = {
        "kept": finding.kept,
        "number": finding.number,
        "on": finding.on,
        "where": "\n".join(finding.where),
        "error": error[: CommitmentCheck._meta.get_field("error").max_length],
        "checked_at": at,
    }
    with transaction.atomic():
        watched, is_new = WatchedCommitment.objects.select_for_update().get_or_create(
            name=commitment.name, defaults={**found, "since": at}
        )
        if not is_new:
            if at < watched.checked_at < timezone.now() + AHEAD:
                return watched  # Another run has looked since.
            if watched.kept != finding.kept:
                watched.since = at
            for name, value in found.items():
                setattr(watched, name, value)
            watched.save()
        latest = watched.history.order_by("-checked_at").first()
        if latest is not None and latest.kept == finding.kept and _day(latest.checked_at) == _day(at):
            CommitmentCheck.objects.filter(pk=latest.pk).update(**found, times=F("times") + 1)
        else:
            CommitmentCheck.objects.create(commitment=watched, **found)
    return watched


def tell_dpo() -> int:
    """Queue one letter about all that turned red and was not told yet. Returns how many that were.

    A commitment is told once, and not again until it has been green in between.
    """
    from privacy.commitments.letters import BROKEN
    from privacy.letters.queue import queue_letter

    with transaction.atomic():
        untold = list(
            WatchedCommitment.objects.select_for_update()
            .filter(Q(told_at=None) | Q(told_at__lt=F("since")), kept=False, name__in=_names())
            .order_by("pk")
        )
        if untold:
            WatchedCommitment.objects.filter(pk__in=[watched.pk for watched in untold]).update(told_at=timezone.now())
            queue_letter(BROKEN, untold[0], subject_key=NOBODY)
    return len(untold)


def due(now: datetime) -> list[Commitment]:
    """Those not looked at since today's hour, or yesterday's before it; new ones at once."""
    local = timezone.localtime(now)
    hour = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if hour > local:
        hour -= timedelta(days=1)
    done = set(WatchedCommitment.objects.filter(checked_at__range=(hour, now + AHEAD)).values_list("name", flat=True))
    return [commitment for commitment in all_commitments() if commitment.name not in done]


def purge_is_running(now: datetime) -> bool:
    """Whether rows past their time are on their way out. A purge that gives no sign of life is not waited for."""
    running = RetentionRun.objects.filter(outcome=RetentionRun.Outcome.RUNNING, seen_at__gte=now - SIGN_OF_LIFE)
    return running.filter(dry_run=False).exists()


def _forget_old_results(now: datetime) -> None:
    oldest = HISTORY.before(now)
    CommitmentCheck.objects.filter(checked_at__lt=oldest).delete()
    WatchedCommitment.objects.filter(checked_at__lt=oldest).exclude(name__in=_names()).delete()


def _names() -> list[str]:
    return [commitment.name for commitment in all_commitments()]


def _day(moment: datetime) -> object:
    return timezone.localtime(moment).date()
