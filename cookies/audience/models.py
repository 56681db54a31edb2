from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_PAGE, LONGEST_HOST = 200, 253


class AudienceCount(models.Model):
    """How often a page was read on one day, by people who came from the same site. No row is about one of them."""

    day = models.DateField(_("day"), db_index=True)
    page = models.CharField(_("page"), max_length=LONGEST_PAGE)
    language = models.CharField(_("language"), max_length=5)
    referrer = models.CharField(_("came from"), max_length=LONGEST_HOST, blank=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    visits = models.PositiveIntegerField(
        _("visits"), default=0, help_text=_("Views that were the first of the day in their browser.")
    )

    began_at = models.DateTimeField(_("counted since"), db_index=True)

    class Meta:
        verbose_name = _("count of visits")
        verbose_name_plural = _("counts of visits")
        ordering = ["-day", "page"]
        constraints = [
            models.UniqueConstraint(fields=["day", "page", "language", "referrer"], name="audiencecount_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.page}"
