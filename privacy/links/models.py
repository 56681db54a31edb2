from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH


class SingleUseLinkQuerySet(models.QuerySet["SingleUseLink"]):
    def live(self, now: datetime) -> "SingleUseLinkQuerySet":
        return self.filter(used_at=None, expires_at__gt=now)


class SingleUseLink(Numbered):
    """A link that acts once: what for, about which record, until when. Its token is known by its SHA-256 alone."""

    purpose = models.CharField(_("purpose"), max_length=50)
    record_id = models.BigIntegerField(_("record"))
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    used_at = models.DateTimeField(_("used on"), null=True)

    objects = SingleUseLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("single-use link")
        verbose_name_plural = _("single-use links")
        indexes = [models.Index(fields=["record_id", "purpose"], name="singleuselink_about")]
