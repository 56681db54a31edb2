from celery import shared_task

from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun


@shared_task(name="privacy.enforce_retention")
def enforce_retention_nightly() -> None:
    """What beat runs every night; `manage.py enforce_retention` is the same for cron."""
    enforce_retention(RetentionRun.Trigger.BEAT)
