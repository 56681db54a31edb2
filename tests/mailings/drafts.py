"""Mailings as staff write them, and sending them off."""

from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from contact.mailings.models import Mailing
from contact.mailings.sending import send_due
from contact.mailings.services import look_after_mailings, queue_mailing


def draft(**changes: Any) -> Mailing:
    words = {
        "subject_fr": "Nos nouvelles d’automne",
        "body_fr": "Bonjour,\n\nL’été est fini & l’automne commence.",
        "subject_en": "Our autumn news",
        "body_en": "Hello,\n\nSummer is over & autumn begins.",
        **changes,
    }
    return Mailing.objects.create(**words)


def sent_off(**changes: Any) -> Mailing:
    mailing = draft(**changes)
    queue_mailing(mailing.pk, edition=mailing.edition, by=None)
    mailing.refresh_from_db()
    return mailing


def send_all() -> None:
    while send_due():
        pass


def send_later(**span: Any) -> None:
    """What a worker and beat do so much later."""
    with time_machine.travel(timezone.now() + timedelta(**span), tick=False):
        look_after_mailings()
        send_all()


def figures(mailing: Mailing) -> dict[str, int]:
    mailing.refresh_from_db()
    names = ("recipients", "sent", "failed", "uncertain", "dropped", "queued")
    return {name: number for name in names if (number := getattr(mailing, name))}
