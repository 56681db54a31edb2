import hashlib
import uuid
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contact.prospects.models import Prospect


class Mailing(models.Model):
    """One piece of news in two languages: a draft, then sent or stopped, and never changed from there on.

    The figures outlive the deliveries: who unsubscribes takes their rows along, not what was counted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("stopped")

    LONGEST_SUBJECT = 150
    LONGEST_BODY = 20_000

    subject_fr = models.CharField(_("subject in French"), max_length=LONGEST_SUBJECT)
    body_fr = models.TextField(_("text in French"), max_length=LONGEST_BODY)
    subject_en = models.CharField(_("subject in English"), max_length=LONGEST_SUBJECT)
    body_en = models.TextField(_("text in English"), max_length=LONGEST_BODY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField(_("drafted on"), default=timezone.now, editable=False)
    queued_at = models.DateTimeField(_("sent off on"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended on"), null=True, editable=False)
    recipients = models.PositiveIntegerField(_("people"), default=0, editable=False)
    sent = models.PositiveIntegerField(_("sent"), default=0, editable=False)
    failed = models.PositiveIntegerField(_("failed"), default=0, editable=False)
    uncertain = models.PositiveIntegerField(
        _("uncertain"),
        default=0,
        editable=False,
        help_text=_("Cut off while the mail server was taking them. Not tried again, so that nobody gets two."),
    )

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["queued_at"], condition=Q(state="sending"), name="mailing_sending")]

    def __str__(self) -> str:
        return self.subject_in(get_language() or settings.LANGUAGE_CODE) or str(self._meta.verbose_name)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def edition(self) -> str:
        """What stands for these very words: whoever approves a mailing approves what they were shown."""
        words = "\0".join((self.subject_fr, self.body_fr, self.subject_en, self.body_en))
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def queued(self) -> int:
        """How many have yet to be sent."""
        if self.state != self.State.SENDING:
            return 0
        return self.deliveries.filter(state__in=MailingDelivery.OPEN).count()

    @property
    def dropped(self) -> int:
        """How many got nothing because their consent ended first, or because the mailing was stopped."""
        return max(0, self.recipients - self.sent - self.failed - self.uncertain - self.queued)

    def subject_in(self, language: str) -> str:
        return self.subject_en if language == "en" else self.subject_fr

    def body_in(self, language: str) -> str:
        return self.body_en if language == "en" else self.body_fr


class MailingDelivery(models.Model):
    """One mailing to one prospect, made when the mailing is sent off. Goes with the prospect.

    BEGUN is written, and committed, before the mail server hears of it: a worker that dies leaves a row that nobody
    takes again. Only what the server refused in so many words goes back to QUEUED.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        BEGUN = "begun", _("begun")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCERTAIN = "uncertain", _("uncertain")
        DROPPED = "dropped", _("not sent: the consent ended, or the mailing was stopped")

    OPEN = (State.QUEUED, State.BEGUN)
    FIRST_RETRY = timedelta(minutes=15)
    MOST_ATTEMPTS = 5

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="deliveries", db_index=False, verbose_name=_("mailing")
    )
    prospect = models.ForeignKey(
        Prospect, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("prospect")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    begun_at = models.DateTimeField(_("begun on"), null=True)
    finished_at = models.DateTimeField(_("finished on"), null=True, db_index=True)
    error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "prospect"], name="mailingdelivery_once_a_person"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="mailingdelivery_due"),
            models.Index(fields=["begun_at"], condition=Q(state="begun"), name="mailingdelivery_begun"),
            models.Index(fields=["mailing"], condition=Q(state__in=["queued", "begun"]), name="mailingdelivery_open"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def message_id(self) -> str:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.pk}@{domain}>"

    def next_attempt(self, now: datetime) -> datetime:
        """After a refusal for now: a quarter of an hour, doubled each time."""
        return now + self.FIRST_RETRY * (1 << max(self.attempts - 1, 0))
