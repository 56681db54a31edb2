from celery import shared_task

from privacy.breaches.reminders import remind_of_answers, remind_of_breaches


@shared_task(name="privacy.remind_of_breaches")
def remind_of_breaches_often() -> None:
    """Several times an hour: tell the officer of breaches whose 72 hours run out."""
    remind_of_breaches()


@shared_task(name="privacy.remind_of_answers")
def remind_of_answers_daily() -> None:
    """Tell the officer of the answers that the CNIL awaits."""
    remind_of_answers()
