from celery import shared_task

from privacy.rights.fulfilment.erasing import forget_delivered
from privacy.rights.fulfilment.notices import note_delivered


@shared_task(name="privacy.finish_rights")
def finish_rights() -> None:
    """What follows once letters have left: recipients count as told, and files whose receipt has arrived go."""
    note_delivered()
    forget_delivered()
