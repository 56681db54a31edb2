"""Consents given and taken back in the last weeks, each found by an index."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from privacy.consents.models import Consent, ConsentEvent

Consents = QuerySet[Consent]
DAYS = 30


def given_lately(among: Consents) -> Consents:
    since = timezone.now() - timedelta(days=DAYS)
    return among.filter(given_at__gte=since).order_by("-given_at")


def withdrawn_lately(among: Consents) -> Consents:
    """Not those that ran out or went with their person: somebody took them back."""
    since = timezone.now() - timedelta(days=DAYS)
    withdrawn = ConsentEvent.objects.filter(consent=OuterRef("pk"), kind=ConsentEvent.Kind.WITHDRAWN)
    return among.filter(Exists(withdrawn), ended_at__gte=since).order_by("-ended_at")
