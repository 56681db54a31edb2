from celery import shared_task

from contact.prospects.services import end_consents_without_prospect


@shared_task(name="contact.end_news_consents")
def end_news_consents() -> None:
    """What beat runs every night, before the purge."""
    end_consents_without_prospect()
