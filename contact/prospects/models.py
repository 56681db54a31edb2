from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import DateTimeField, Exists, Expression, F, Func, OuterRef, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models import Consent, ConsentEvent
from privacy.numbered import Numbered
from privacy.objections.standing import not_objected_since
from privacy.registry import registry
from privacy.restrictions.guard import Restrictable
from privacy.restrictions.keeping import usable, usable_of_one
from privacy.statements import Given
from privacy.subjects import SUBJECT_KEY_LENGTH

GUARDED = (
    "first_name",
    "last_name",
    "email",
    "language",
    "subject_key",
    "asked_at",
    "pending_until",
    "last_contact_at",
)
"""Columns of a restricted prospect that nothing changes. The proof of their consent may end in its time."""


class ProspectQuerySet(models.QuerySet["Prospect"]):
    def usable(self) -> "ProspectQuerySet":
        """Without those that are restricted: stored, and nothing else (P5.4)."""
        return usable(registry.table(Prospect), self)

    def confirmed(self) -> "ProspectQuerySet":
        """Those who may be written to (P3.2): confirmed, with the proof on record and not ended, and still in time.

        Not who has objected since they confirmed (P5.5), nor who is restricted (P5.4). The one place that says so:
        mailings, at queueing and again at sending, and the export ask here.
        """
        now = timezone.now()
        return self.usable()._live(_moment(now), _moment(kept_since(now)))

    def confirmed_of_one(self, now: Given, oldest: Given, keys: Iterable[Given]) -> "ProspectQuerySet":
        """The same of one person, for a statement that is written once; `oldest` is `kept_since(now)`."""
        theirs = self.filter(subject_key__in=keys)
        return usable_of_one(registry.table(Prospect), theirs)._live(now, oldest)

    def _live(self, now: Expression, oldest: Expression) -> "ProspectQuerySet":
        proof = ConsentEvent.objects.filter(
            not_objected_since("at", key=OuterRef(OuterRef("subject_key"))),
            consent=OuterRef("consent"),
            kind=ConsentEvent.Kind.CONFIRMED,
        )
        live = self.filter(consent__isnull=False, consent__ended_at=None, pending_until=None)
        return live.filter(Exists(proof), _kept_after(now), last_contact_at__gt=oldest)


def _moment(moment: datetime) -> Value:
    return Value(moment, output_field=DateTimeField())


def kept_since(now: datetime) -> datetime:
    """Before this, the last contact of whoever is kept can't be. Only the end forward says exactly: `_kept_after`."""
    return settings.PROSPECT_RETENTION.before(now.astimezone(UTC))


def _kept_after(now: Expression) -> Any:
    """Whether the period that began at the last contact ends later than `now`, counted forward as the purge does.

    Counting back from now is not the same at the ends of months; it only lets the index be used.
    """
    period = settings.PROSPECT_RETENTION
    interval = Func(Value(period.years), Value(period.months), Value(0), Value(period.days), function="make_interval")
    end: Any = CombinedExpression(F("last_contact_at"), "+", interval, output_field=DateTimeField())
    return GreaterThan(end, now)


class Prospect(Numbered):
    """Somebody who asked for news by e-mail. Pending until they confirm by mail; then kept from their last contact.

    A name and an address, no telephone: calling would need a consent of its own. The row stands on its consent alone:
    withdrawing it deletes the row, and the proof stays with the consents. Whether somebody is a prospect
    already is not looked up when they ask, so that nobody can learn it by trying: asking twice makes two pending rows.
    """

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL, verbose_name=_("consent"))
    asked_at = models.DateTimeField(_("asked on"), default=timezone.now)
    pending_until = models.DateTimeField(_("to confirm until"), null=True)
    last_contact_at = models.DateTimeField(
        _("last contact"), null=True, help_text=_("By the person: a confirmation, a message, a click. Not our mails.")
    )

    objects = ProspectQuerySet.as_manager()

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        indexes = [
            models.Index(fields=["last_contact_at"], name="prospect_last_contact"),
            models.Index(fields=["pending_until"], condition=Q(pending_until__isnull=False), name="prospect_pending"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key"], condition=Q(pending_until=None), name="prospect_confirmed_once"
            )
        ]
        triggers = [
            Restrictable(
                row="privacy_is_restricted('contact.prospect', OLD.id::text, OLD.subject_key, OLD.consent_id)",
                columns=GUARDED,
            )
        ]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def expires_at(self) -> datetime | None:
        """When the nightly purge deletes it (P8.2)."""
        return settings.PROSPECT_RETENTION.after(self.last_contact_at) if self.last_contact_at else self.pending_until


class ExportRecord(Numbered):
    """Somebody of the staff took the list of prospects out of the site: who, when, what for, how many people."""

    LONGEST_REASON = 300

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    reason = models.CharField(_("what for"), max_length=LONGEST_REASON)
    people = models.PositiveIntegerField(_("people in the file"), default=0)
    is_complete = models.BooleanField(_("downloaded to the end"), default=False)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
