from celery import shared_task

from privacy.retention.asking import run_asked
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun


@shared_task(name="privacy.enforce_retention")
def enforce_retention_nightly() -> None:
    """What beat runs every night; `manage.py enforce_retention` is the same for cron."""
    enforce_retention(RetentionRun.Trigger.BEAT)


@shared_task(name="privacy.run_asked_retention")
def run_asked_retention() -> None:
    """Do the runs that somebody asked for in the admin. Asking pokes it; beat takes up what the broker lost."""
    run_asked()
