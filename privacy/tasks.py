"""Gathers the tasks of privacy's rooms, since Celery looks here."""

from privacy.letters.tasks import deliver_letters
from privacy.retention.tasks import enforce_retention_nightly

__all__ = ["deliver_letters", "enforce_retention_nightly"]
