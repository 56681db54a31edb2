from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NAME, LONGEST_SOURCE = 100, 255


class PolicyReport(models.Model):
    """How often browsers stopped the same thing on the same page in one day. It says nothing of whoever looked."""

    day = models.DateField(_("day"))
    directive = models.CharField(_("directive"), max_length=LONGEST_NAME)
    page = models.CharField(
        _("page"), max_length=LONGEST_NAME, blank=True, help_text=_("Its name, not its address, which may hold a key.")
    )
    blocked = models.CharField(_("stopped"), max_length=LONGEST_SOURCE, blank=True)
    source = models.CharField(_("called from"), max_length=LONGEST_SOURCE, blank=True)
    times = models.PositiveIntegerField(_("times"), default=0)
    began_at = models.DateTimeField(_("counted since"), db_index=True)

    class Meta:
        verbose_name = _("report of the content policy")
        verbose_name_plural = _("reports of the content policy")
        ordering = ["-day", "-times"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "directive", "page", "blocked", "source"], name="policyreport_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.directive}"
