"""Gathers the models of privacy's rooms, since Django looks here."""

from privacy.consents.models import ConsentEvent, Wording
from privacy.letters.models import Letter
from privacy.retention.models import RetentionCount, RetentionRun

__all__ = ["ConsentEvent", "Letter", "RetentionCount", "RetentionRun", "Wording"]
