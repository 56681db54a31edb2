from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.append_only import AppendOnly


class AuditEntry(models.Model):
    """One thing that somebody of the staff did to one record. It says which record, and not whose it is.

    Whose it is stands in the record alone. So when a record is emptied or erased, its entries lead to nobody any more,
    and this trail is never rewritten.
    """

    class Action(models.TextChoices):
        READ = "read", pgettext_lazy("audit", "looked at")
        EXPORTED = "exported", pgettext_lazy("audit", "taken away as a file")

    action = models.CharField(_("action"), max_length=20, choices=Action)
    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    table = models.CharField(_("table"), max_length=100)
    record_id = models.CharField(_("record"), max_length=64)
    purpose = models.CharField(_("purpose"), max_length=50, help_text=_("The processing activity it was done for."))

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["table", "record_id"], name="auditentry_record")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
