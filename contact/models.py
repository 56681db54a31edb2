import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from privacy.models import ConsentEvent
from privacy.subjects import SUBJECT_KEY_LENGTH


class ContactRequest(models.Model):
    """What a visitor wrote (P2.1): these columns about them and no others. Anonymised when its time has come (P8.1)."""

    class Status(models.TextChoices):
        NEW = "new", _("to answer")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    message = models.TextField(_("message"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, blank=True, db_index=True)
    submission = models.UUIDField(
        _("submission"), null=True, unique=True, default=uuid.uuid4, help_text=_("One form sent twice is one request.")
    )
    consent = models.ForeignKey(ConsentEvent, null=True, on_delete=models.SET_NULL, verbose_name=_("consent"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    received_at = models.DateTimeField(_("received on"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed on"), null=True)
    is_anonymised = models.BooleanField(_("anonymised"), default=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            models.Index(fields=["closed_at"], condition=Q(is_anonymised=False), name="contactrequest_expiry"),
            models.Index(fields=["-received_at", "-id"], name="contactrequest_newest"),
            models.Index(fields=["status", "-received_at", "-id"], name="contactrequest_status"),
        ]

    def __str__(self) -> str:
        """Never a name: this is what the admin's log and page titles show."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def age(self) -> timedelta:
        """How long it has waited, or waited until it was closed."""
        return (self.closed_at or timezone.now()) - self.received_at

    @property
    def expires_at(self) -> datetime | None:
        """When the nightly purge may anonymise it; None while it is open."""
        return settings.CONTACT_RETENTION.after(self.closed_at) if self.closed_at else None


class Answer(models.Model):
    """What staff wrote back. A part of its request: it goes when the request is anonymised."""

    request = models.ForeignKey(
        ContactRequest, on_delete=models.CASCADE, related_name="answers", verbose_name=_("request")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("author")
    )
    body = models.TextField(_("answer"))
    written_at = models.DateTimeField(_("written on"), default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
