import contextlib
import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from privacy.continuity.alone import Busy
from privacy.continuity.backup import make_backup
from privacy.continuity.drill import drill, opens_here
from privacy.continuity.refusal import Refused
from privacy.continuity.restore import drop_formers
from privacy.continuity.rotation import newest

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
    """What beat runs every week; `manage.py restore_drill` is the same for cron.

    With several workers, another machine may have made the latest backup, and alone can open it: then this one makes
    one of its own.
    """
    try:
        latest = newest()
        if latest is not None and not opens_here(latest.name):
            with contextlib.suppress(Refused):  # The list of backups says why; the drill says what it lacks.
                make_backup()
        drill(logger.info)
    except Busy:
        logger.info("A restore or a drill is under way already.")
