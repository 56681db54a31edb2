from celery import shared_task
from django.utils import timezone

from privacy.commitments.checking import check_commitments, due, purge_is_running


@shared_task(name="privacy.check_commitments", time_limit=540)
def check_commitments_when_due() -> None:
    """Beat asks every minute; once a day, and soon after a first start, there is something to check.

    So a day's check that was missed or cut short is taken up again by itself. It waits for a purge that is running.
    """
    now = timezone.now()
    if not purge_is_running(now):
        check_commitments(due(now), seconds=240)
