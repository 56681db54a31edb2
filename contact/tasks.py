"""Gathers the tasks of contact's rooms, since Celery looks here."""

from contact.desk.tasks import close_inactive_requests, remind_desk
from contact.mailings.tasks import look_after_mailings_again, send_mailings
from contact.prospects.tasks import end_news_consents

__all__ = [
    "close_inactive_requests",
    "end_news_consents",
    "look_after_mailings_again",
    "remind_desk",
    "send_mailings",
]
