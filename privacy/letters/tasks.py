from celery import shared_task

from privacy.broker import poke
from privacy.letters.queue import deliver_due


@shared_task(name="privacy.deliver_letters", soft_time_limit=300, time_limit=330)
def deliver_letters() -> None:
    """Send what is due. Beat calls it again and again, and each transaction that queues a letter pokes it."""
    if deliver_due():
        poke(deliver_letters)
