"""A run that somebody asks for in the admin: written down, and done by a worker."""

from django.db import transaction
from django.utils import timezone

from privacy.broker import poke_once_committed
from privacy.retention.engine import carry_out
from privacy.retention.models import RetentionRun


def ask_for_run(*, dry_run: bool) -> RetentionRun:
    """Have a worker run the rules now. Asked twice before it begins, it is one run."""
    from privacy.retention.tasks import run_asked_retention

    now = timezone.now()
    with transaction.atomic():
        run, _ = RetentionRun.objects.get_or_create(
            outcome=RetentionRun.Outcome.ASKED,
            dry_run=dry_run,
            defaults={"trigger": RetentionRun.Trigger.ADMIN, "started_at": now, "seen_at": now},
        )
        poke_once_committed(run_asked_retention)
    return run


def run_asked() -> int:
    """Do what was asked for; each run is taken by one worker. Returns how many. Outside any transaction."""
    done = 0
    while (run := _take()) is not None:
        carry_out(run)
        done += 1
    return done


def _take() -> RetentionRun | None:
    with transaction.atomic():
        asked = RetentionRun.objects.filter(outcome=RetentionRun.Outcome.ASKED).order_by("pk")
        run = asked.select_for_update(skip_locked=True).first()
        if run is not None:
            run.outcome = RetentionRun.Outcome.RUNNING
            run.started_at = run.seen_at = timezone.now()
            run.save(update_fields=["outcome", "started_at", "seen_at"])
        return run
