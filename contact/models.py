from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from contact.desk.models import DeskReminder
from contact.mailings.models import Mailing, MailingDelivery
from contact.prospects.models import ExportRecord, Prospect
from privacy.accounts import account
from privacy.models import Consent
from privacy.numbered import Numbered
from privacy.registry import registry
from privacy.restrictions.guard import Restrictable
from privacy.restrictions.keeping import usable
from privacy.subjects import SUBJECT_KEY_LENGTH

GUARDED = (
    "kind",
    "first_name",
    "last_name",
    "email",
    "phone",
    "message",
    "language",
    "wants_news",
    "subject_key",
    "submission",
    "status",
    "received_at",
    "last_activity_at",
    "read_at",
    "closed_at",
    "held_until",
    "spam_at",
    "is_anonymised",
)
"""Columns of a restricted request that nothing changes. Who it is given to may leave the company all the same."""

__all__ = [
    "AnswerTemplate",
    "ContactRequest",
    "DeskReminder",
    "ExportRecord",
    "Mailing",
    "MailingDelivery",
    "Prospect",
    "ThreadEntry",
]


class ContactRequestQuerySet(models.QuerySet["ContactRequest"]):
    def usable(self) -> "ContactRequestQuerySet":
        """Without those that are restricted: stored, and nothing else (P5.4). Lists and services ask here."""
        return usable(registry.table(ContactRequest), self)


class ContactRequest(Numbered):
    """What a visitor wrote (P2.1): these columns about them and no others. Anonymised when its time has come (P8.1)."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        QUESTION = "question", _("Question")
        COMPLAINT = "complaint", _("Complaint")

    class Status(models.TextChoices):
        HELD = "held", _("waiting for its confirmation")
        NEW = "new", _("to answer")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")
        SPAM = "spam", _("unwanted")

    OPEN = (Status.NEW, Status.ANSWERED)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CONTACT)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    message = models.TextField(_("message"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    wants_news = models.BooleanField(_("wants news"), default=False)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, blank=True)
    submission = models.UUIDField(
        _("submission"), null=True, unique=True, help_text=_("One form sent twice is one request.")
    )
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL, verbose_name=_("consent"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    assignee = account(_("assigned to"), blank=True, db_index=False)
    received_at = models.DateTimeField(_("received on"), default=timezone.now)
    last_activity_at = models.DateTimeField(_("last activity"), default=timezone.now)
    read_at = models.DateTimeField(_("first read on"), null=True)
    closed_at = models.DateTimeField(_("closed on"), null=True)
    held_until = models.DateTimeField(_("held until"), null=True)
    spam_at = models.DateTimeField(_("marked unwanted on"), null=True)
    is_anonymised = models.BooleanField(_("anonymised"), default=False)

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            # Not by db_index, which makes a second one for LIKE: nobody looks for half a key.
            models.Index(fields=["subject_key"], name="contactrequest_subject"),
            models.Index(fields=["closed_at"], condition=Q(is_anonymised=False), name="contactrequest_expiry"),
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="contactrequest_held"),
            models.Index(fields=["spam_at"], condition=Q(spam_at__isnull=False), name="contactrequest_spam"),
            models.Index(fields=["-received_at", "-id"], name="contactrequest_newest"),
            models.Index(fields=["status", "-received_at", "-id"], name="contactrequest_status"),
            models.Index(
                fields=["-received_at", "-id"], condition=Q(status="new", read_at=None), name="contactrequest_unread"
            ),
            models.Index(
                fields=["-received_at", "-id"], condition=Q(status__in=["new", "answered"]), name="contactrequest_open"
            ),
            models.Index(
                fields=["status", "last_activity_at", "id"],
                condition=Q(status__in=["new", "answered"]),
                name="contactrequest_waiting",
            ),
            models.Index(
                fields=["assignee", "-received_at", "-id"],
                condition=Q(assignee__isnull=False),
                name="contactrequest_assigned",
            ),
            # And contactrequest_words, which migration 0002 makes by hand: see contact/desk/search.py.
        ]
        triggers = [
            Restrictable(
                row="privacy_is_restricted('contact.contactrequest', OLD.id::text, OLD.subject_key, OLD.consent_id)",
                columns=GUARDED,
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def phone_to_read(self) -> str:
        """The number as the reader dials it: the French way for a French number in French, with + otherwise."""
        if not self.phone:
            return ""
        at_home = get_language() == "fr" and self.phone.country_code == 33
        shown: str = self.phone.as_national if at_home else self.phone.as_international
        return shown

    @property
    def age(self) -> timedelta:
        """Since it came, or from then until it was closed."""
        return (self.closed_at or timezone.now()) - self.received_at

    @property
    def is_overdue(self) -> bool:
        """Whether it has waited longer for its answer than settings.CONTACT_OVERDUE."""
        return self.status == self.Status.NEW and self.last_activity_at <= settings.CONTACT_OVERDUE.before(
            timezone.now()
        )

    @property
    def expires_at(self) -> datetime | None:
        """When the nightly purge may anonymise it; None while it is open."""
        return settings.CONTACT_RETENTION.after(self.closed_at) if self.closed_at else None


class ThreadEntry(models.Model):
    """What came after the visitor's message: answers, replies by mail, notes among staff. Goes with its request."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        REPLY = "reply", _("reply received by mail")
        NOTE = "note", _("note for staff")

    request = models.ForeignKey(
        ContactRequest, on_delete=models.CASCADE, related_name="entries", verbose_name=_("request")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    author = account(_("author"), help_text=_("Who wrote it, or put it on record."))
    body = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written on"), default=timezone.now)

    class Meta:
        verbose_name = _("thread entry")
        verbose_name_plural = _("thread entries")
        ordering = ["written_at", "pk"]
        triggers = [
            Restrictable(
                row="""EXISTS (
                    SELECT 1 FROM contact_contactrequest AS whole
                    WHERE whole.id = (CASE TG_OP WHEN 'INSERT' THEN NEW.request_id ELSE OLD.request_id END)
                    AND privacy_is_restricted(
                        'contact.contactrequest', whole.id::text, whole.subject_key, whole.consent_id
                    )
                )""",
                columns=("request_id", "kind", "body", "written_at"),
                insertions=True,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class AnswerTemplate(models.Model):
    """A text that staff start an answer from, in the visitor's language. About nobody."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    body_fr = models.TextField(_("text in French"))
    body_en = models.TextField(_("text in English"))

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def body_in(self, language: str) -> str:
        return self.body_en if language == "en" else self.body_fr
