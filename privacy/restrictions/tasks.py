from celery import shared_task

from privacy.restrictions.services import lift_announced


@shared_task(name="privacy.lift_restrictions")
def lift_restrictions() -> None:
    """Daily: lift what was announced for today or before, once its person was told."""
    lift_announced()
