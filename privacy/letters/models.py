import uuid
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.prepared import asked
from privacy.subjects import SUBJECT_KEY_LENGTH

FINISH = """
    UPDATE privacy_letter SET state = %s, finished_at = %s, error = %s WHERE id = %s AND state = 'queued' RETURNING id
"""
"""By hand, since they are so many."""


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, now: datetime) -> "LetterQuerySet":
        """Also those due later than any wait lasts: a clock that was ahead put them there, and was set back."""
        misdated = Q(due_at__gt=now + Letter.LONGEST_RETRY)
        return self.filter(Q(due_at__lte=now) | misdated, state=Letter.State.QUEUED)


class Letter(models.Model):
    """One mail to send: its kind and the record it is about, never its text nor its addressee.

    While it is queued, `due_at` says when the next attempt may begin. An attempt first moves `due_at` on and commits,
    so that a worker killed half-way leaves a letter that is simply tried again later, under the same Message-ID.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed for good")
        DROPPED = "dropped", _("not sent: nobody to write to any more")

    FIRST_RETRY = timedelta(minutes=2)
    """Longer than any attempt takes, so that another worker doesn't even look at a letter being sent."""
    LONGEST_RETRY = timedelta(hours=6)
    MOST_ATTEMPTS = 14

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("letter"), max_length=50)
    record_id = models.BigIntegerField(_("record"))
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    is_bulk = models.BooleanField(
        _("to many"), db_default=False, help_text=_("Sent to many people at once: single letters go first.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("queued on"))
    due_at = models.DateTimeField(_("next attempt"))
    finished_at = models.DateTimeField(_("finished on"), null=True, db_index=True)
    error = models.CharField(
        _("last error"),
        max_length=80,
        blank=True,
        help_text=_("The kind of error and the server’s code, never its words."),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["is_bulk", "due_at"], condition=Q(state="queued"), name="letter_due"),
            models.Index(fields=["record_id", "kind"], name="letter_about"),
            models.Index(fields=["-created_at"], name="letter_newest"),
            models.Index(fields=["-created_at"], condition=Q(state="failed"), name="letter_failed"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def message_id(self) -> str:
        """Stable from one attempt to the next, so that a mail sent twice can be seen to be one."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.pk}@{domain}>"

    def wait(self) -> timedelta:
        """Until the next attempt, after as many as there were: 2 minutes, doubled each time, 6 hours at most."""
        doublings: int = max(self.attempts - 1, 0)
        return min(self.FIRST_RETRY * (1 << doublings), self.LONGEST_RETRY)

    def finish(self, state: "Letter.State", now: datetime, error: str = "") -> None:
        """Ends this letter, unless it is ended or gone already."""
        asked(FINISH, [state, now, error, self.pk])
