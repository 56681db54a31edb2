from celery import shared_task

from privacy.holds.reminders import remind_of_holds


@shared_task(name="privacy.remind_of_holds")
def remind_of_holds_daily() -> None:
    """Daily: tell the officer which holds are to be looked at again."""
    remind_of_holds()
