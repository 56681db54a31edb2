from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeskReminder(models.Model):
    """A week in which the desk was told what waits. One row a week: two beats, or a cron besides, make one mail."""

    week = models.DateField(_("week of"), unique=True, help_text=_("Its Monday."))
    made_at = models.DateTimeField(_("made on"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder to the desk")
        verbose_name_plural = _("reminders to the desk")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.week}"
