import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from privacy.continuity.alone import Busy
from privacy.continuity.backup import make_backup
from privacy.continuity.drill import drill
from privacy.continuity.restore import drop_formers

logger = logging.getLogger(__name__)

ONE_IS_ENOUGH = timedelta(hours=1)
"""A task that the broker hands out twice makes one backup."""


@shared_task(name="privacy.back_up")
def back_up_nightly() -> None:
    """What beat runs every night; `manage.py backup` is the same for cron."""
    try:
        drop_formers(timezone.now())  # First: it may make the room that the backup needs.
    except Exception:
        logger.exception("Databases that a restore put aside could not be dropped.")
    try:
        make_backup(unless_younger_than=ONE_IS_ENOUGH)
    except Busy:
        logger.info("A backup is under way already.")


@shared_task(name="privacy.restore_drill")
def restore_drill_weekly() -> None:
    """What beat runs every week; `manage.py restore_drill` is the same for cron."""
    try:
        drill(logger.info)
    except Busy:
        logger.info("A restore or a drill is under way already.")
