from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.accounts import account
from privacy.numbered import Numbered
from privacy.rights.models import CaseFile, CaseParty, RightsRequest


class ResultQuerySet(models.QuerySet["Result"]):
    def to_fetch(self, now: datetime | None = None) -> "ResultQuerySet":
        return self.filter(expires_at__gt=now or timezone.now())


class Result(Numbered):
    """A file made for a request: encrypted, kept for settings.RESULT_LIFE, then erased by the purge.

    Without a `recipient` it is for the person who asked; with one, for the third party they named (GDPR Art. 20(2)).
    """

    class Kind(models.TextChoices):
        ACCESS = "access", _("copy of the data")
        PORTABILITY = "portability", _("data to take elsewhere")

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="results", verbose_name=_("case file"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    recipient = models.ForeignKey(
        CaseParty, null=True, on_delete=models.CASCADE, related_name="results", verbose_name=_("recipient")
    )
    name = models.CharField(_("file name"), max_length=100)
    content_type = models.CharField(_("type"), max_length=50)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    made_at = models.DateTimeField(_("made on"))
    expires_at = models.DateTimeField(_("to be fetched until"), db_index=True)
    fetched_at = models.DateTimeField(_("first fetched on"), null=True)
    fetched = models.PositiveIntegerField(_("times fetched"), default=0)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a request")
        verbose_name_plural = _("results of requests")


class ResultChunk(Numbered):
    """A mebibyte of a result, sealed. The chunks of a result stand in the order of their numbers."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("result"))
    sealed = models.BinaryField(_("sealed content"))

    class Meta:
        verbose_name = _("piece of a result")
        verbose_name_plural = _("pieces of results")
        ordering = ["pk"]


class FreeTextReview(Numbered):
    """That the officer has looked through what was written in free text before it leaves (GDPR Art. 15(4))."""

    file = models.OneToOneField(
        CaseFile, on_delete=models.CASCADE, related_name="free_text_review", verbose_name=_("case file")
    )
    at = models.DateTimeField(_("date"))
    by = account(_("by"), db_index=False)

    class Meta:
        verbose_name = _("review of free text")
        verbose_name_plural = _("reviews of free text")


class Redaction(Numbered):
    """A text as it leaves in a copy, with what concerns somebody else replaced, and why. The record keeps its own."""

    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="redactions", verbose_name=_("case file"))
    table = models.CharField(_("table"), max_length=100)
    record_id = models.CharField(_("record"), max_length=64)
    column = models.CharField(_("column"), max_length=63)
    text = models.TextField(_("text that leaves"), blank=True)
    reason = models.TextField(_("reason"), max_length=500)
    at = models.DateTimeField(_("date"))
    by = account(_("by"), db_index=False)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        constraints = [
            models.UniqueConstraint(fields=["file", "table", "record_id", "column"], name="redaction_once"),
        ]

    @property
    def key(self) -> str:
        return f"{self.table}:{self.record_id}:{self.column}"


class Correction(Numbered):
    """The new value of one column of one table, for all of a person's rows in it; made durable by the worker."""

    file = models.ForeignKey(
        CaseFile, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("case file")
    )
    table = models.CharField(_("table"), max_length=100)
    column = models.CharField(_("column"), max_length=63)
    value = models.TextField(_("new value"), blank=True)
    at = models.DateTimeField(_("date"))
    by = account(_("by"), db_index=False)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [models.UniqueConstraint(fields=["file", "table", "column"], name="correction_once")]


class RecipientNotice(Numbered):
    """That one processor is told of a correction or an erasure, or why that can't be done (GDPR Art. 19)."""

    class State(models.TextChoices):
        TO_TELL = "to-tell", _("to be told")
        WRITTEN = "written", _("letter queued")
        TOLD = "told", _("told")
        IMPOSSIBLE = "impossible", _("impossible, or out of proportion")

    request = models.ForeignKey(
        RightsRequest, on_delete=models.CASCADE, related_name="recipient_notices", verbose_name=_("rights request")
    )
    recipient = models.CharField(_("recipient"), max_length=200)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.TO_TELL)
    because = models.CharField(_("why it is impossible"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made on"))
    told_at = models.DateTimeField(_("told on"), null=True)
    by = account(_("by"), editable=False, db_index=False)

    class Meta:
        verbose_name = _("recipient to tell")
        verbose_name_plural = _("recipients to tell")
        constraints = [models.UniqueConstraint(fields=["request", "recipient"], name="recipientnotice_once")]
        indexes = [models.Index(fields=["state", "-id"], name="recipientnotice_state")]


class ErasedCount(Numbered):
    """How many rows of a table an erasure has emptied so far, written with them: a killed worker loses no figure."""

    request = models.ForeignKey(
        RightsRequest, on_delete=models.CASCADE, related_name="erased_counts", verbose_name=_("rights request")
    )
    table = models.CharField(_("table"), max_length=100)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)

    class Meta:
        verbose_name = _("count of an erasure")
        verbose_name_plural = _("counts of erasures")
        constraints = [models.UniqueConstraint(fields=["request", "table"], name="erasedcount_once")]


class ErasureReceipt(Numbered):
    """The signed receipt of an erasure: figures, grounds and dates, and of its person the reference alone.

    Until it is delivered, the case file keeps the address it goes to.
    """

    request = models.OneToOneField(
        RightsRequest, on_delete=models.CASCADE, related_name="erasure_receipt", verbose_name=_("rights request")
    )
    document: models.JSONField[dict[str, object], dict[str, object]] = models.JSONField(_("signed document"))
    made_at = models.DateTimeField(_("made on"))
    delivered_at = models.DateTimeField(_("delivered on"), null=True)

    class Meta:
        verbose_name = _("receipt of an erasure")
        verbose_name_plural = _("receipts of erasures")
        indexes = [
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="erasurereceipt_undelivered"),
        ]
