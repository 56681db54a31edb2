from celery import shared_task

from contact.mailings.sending import send_due
from contact.mailings.services import look_after_mailings
from privacy.broker import poke


@shared_task(name="contact.send_mailings", soft_time_limit=120, time_limit=150)
def send_mailings() -> None:
    """A share of what is due, then back to the end of the queue, behind the letters that came meanwhile."""
    if send_due():
        poke(send_mailings)


@shared_task(name="contact.look_after_mailings")
def look_after_mailings_again() -> None:
    """Beat calls it again and again: it ends what was cut off and starts what a lost broker or worker left lying."""
    if look_after_mailings():
        poke(send_mailings)
