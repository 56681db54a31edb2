from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.append_only import AppendOnly
from privacy.audit.chain import OldEndFirst, Seal, SealLast


class AuditEntry(models.Model):
    """One thing that somebody of the staff, or a job, did to one record. It says which record, and not whose it is.

    Whose it is stands in the record alone, and who `by` is in the account alone. So when a record is emptied or
    erased, or an account, its entries lead to nobody any more, and this trail is never rewritten.
    `number`, `before`, `kept_from` and `hash` are written by the database at the commit (privacy/audit/chain.py).
    """

    class Action(models.TextChoices):
        READ = "read", pgettext_lazy("audit", "looked at")
        LISTED = "listed", pgettext_lazy("audit", "looked at in a list")
        EXPORTED = "exported", pgettext_lazy("audit", "taken away as a file")
        ADDED = "added", pgettext_lazy("audit", "added")
        CHANGED = "changed", pgettext_lazy("audit", "changed")
        DELETED = "deleted", pgettext_lazy("audit", "deleted")
        PLACED = "placed", pgettext_lazy("audit", "put in force")
        LIFTED = "lifted", pgettext_lazy("audit", "lifted")
        MOVED = "moved", pgettext_lazy("audit", "moved on")
        RAN = "ran", pgettext_lazy("audit", "carried out")
        SIGNED_IN = "signed-in", pgettext_lazy("audit", "signed in")
        NOT_LET_IN = "not-let-in", pgettext_lazy("audit", "not let in")

    number = models.BigIntegerField(_("number"), null=True, unique=True, editable=False)
    action = models.CharField(_("action"), max_length=20, choices=Action)
    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    by = models.BigIntegerField(_("by"), null=True, help_text=_("The number of an account."))
    job = models.CharField(_("job"), max_length=100, blank=True, help_text=_("The task or command that did it."))
    request_id = models.CharField(_("web request"), max_length=32, blank=True)
    table = models.CharField(_("table"), max_length=100)
    record_id = models.CharField(_("record"), max_length=64)
    details = models.CharField(
        _("details"), max_length=500, blank=True, help_text=_("The names of the columns changed, or of the step taken.")
    )
    purpose = models.CharField(_("purpose"), max_length=50, help_text=_("The processing activity it was done for."))
    kept_from = models.DateTimeField(
        _("kept from"),
        default=timezone.now,
        db_index=True,
        editable=False,
        help_text=_("Its date, or a moment after the entry before it where the clock was put back."),
    )
    before = models.CharField(_("hash before"), max_length=64, blank=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["table", "record_id"], name="auditentry_record"),
            models.Index(fields=["by", "at"], name="auditentry_by"),
            models.Index(fields=["action", "at"], name="auditentry_action"),
            models.Index(fields=["table", "at"], name="auditentry_table"),
            models.Index(fields=["job", "at"], name="auditentry_job", condition=~models.Q(job="")),
            models.Index(fields=["request_id"], name="auditentry_request", condition=~models.Q(request_id="")),
            models.Index(fields=["id"], name="auditentry_unsealed", condition=models.Q(number=None)),
        ]
        triggers = [
            AppendOnly(unless="pg_trigger_depth() > 1 AND OLD.number IS NULL"),
            SealLast(),
            Seal(),
            OldEndFirst(),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number or ''}".strip()


class AuditHead(models.Model):
    """Where the trail ends: one row, whose lock is the place of the next entry. It outlives the entries."""

    number = models.BigIntegerField(_("number"))
    hash = models.CharField(_("hash"), max_length=64, blank=True)
    kept_from = models.DateTimeField(_("kept from"))

    class Meta:
        verbose_name = _("end of the audit trail")
        verbose_name_plural = _("end of the audit trail")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audithead_one_row")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"
