"""Gathers the tasks of contact's rooms, since Celery looks here."""

from contact.mailings.tasks import look_after_mailings_again, send_mailings
from contact.prospects.tasks import end_news_consents

__all__ = ["end_news_consents", "look_after_mailings_again", "send_mailings"]
