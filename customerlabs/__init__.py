"""The frame: settings, addresses, queue, supervisor, staff. It knows the apps; no app knows it."""

from customerlabs.celery import app as celery_app

__all__ = ["celery_app"]
