from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered

LONGEST_NAME = 100


class Found(Numbered):
    """What one check of one commitment found. Nothing personal: a verdict, a figure, names of tables."""

    kept = models.BooleanField(_("kept"))
    number = models.PositiveIntegerField(_("number"), null=True)
    on = models.DateTimeField(_("evidence of"), null=True)
    where = models.TextField(_("where"), blank=True, help_text=_("Tables, rules or settings; never a row."))
    error = models.CharField(_("error"), max_length=100, blank=True, help_text=_("The kind of error, never its words."))
    checked_at = models.DateTimeField(_("last check"))

    class Meta:
        abstract = True


class WatchedCommitment(Found):
    """Where one commitment stands: its last check, since when it says so, when the DPO was last written to."""

    name = models.CharField(_("commitment"), max_length=LONGEST_NAME, unique=True)
    since = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("mail to the DPO"), null=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")

    def __str__(self) -> str:
        return self.name


class CommitmentCheck(Found):
    """The history: one row a day and a verdict, so that each change shows and checking often costs nothing."""

    commitment = models.ForeignKey(
        WatchedCommitment,
        on_delete=models.CASCADE,
        related_name="history",
        db_index=False,
        verbose_name=_("commitment"),
    )
    times = models.PositiveIntegerField(_("checks that day"), default=1)

    class Meta:
        verbose_name = _("result of a check")
        verbose_name_plural = _("results of checks")
        indexes = [
            models.Index(fields=["commitment", "-checked_at"], name="commitmentcheck_newest"),
            models.Index(fields=["-checked_at"], name="commitmentcheck_when"),
        ]
