from celery import shared_task

from contact.desk import upkeep


@shared_task(name="contact.close_inactive_requests")
def close_inactive_requests() -> None:
    """Every night, before what is closed long enough is anonymised; `manage.py close_inactive_requests` for cron."""
    upkeep.close_inactive_requests()


@shared_task(name="contact.remind_desk")
def remind_desk() -> None:
    """Every Monday morning; `manage.py remind_desk` for cron."""
    upkeep.remind_desk()
