from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered


class RetentionRun(Numbered):
    """One run of the engine: when, who asked, how it ended. Nothing personal."""

    class Trigger(models.TextChoices):
        BEAT = "beat", _("nightly")
        COMMAND = "command", _("command line")
        ADMIN = "admin", _("this admin")

    class Outcome(models.TextChoices):
        ASKED = "asked", _("waiting for a worker")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("some rules failed")
        INTERRUPTED = "interrupted", _("interrupted")

    trigger = models.CharField(_("asked by"), max_length=10, choices=Trigger)
    dry_run = models.BooleanField(_("dry run"), default=False)
    started_at = models.DateTimeField(_("started on"))
    seen_at = models.DateTimeField(_("last sign of life"), help_text=_("Written with each batch."))
    finished_at = models.DateTimeField(_("finished on"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.RUNNING)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        indexes = [models.Index(fields=["-started_at"], name="retentionrun_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["dry_run"], condition=models.Q(outcome="asked"), name="retentionrun_asked_once"
            )
        ]

    @classmethod
    def purges(cls) -> "models.QuerySet[RetentionRun]":
        """Those that ended, the last one first, whatever the clock said then."""
        return cls.objects.filter(dry_run=False, finished_at__isnull=False).order_by("-pk")

    @property
    def is_over(self) -> bool:
        return self.outcome not in (self.Outcome.ASKED, self.Outcome.RUNNING)


class RetentionCount(models.Model):
    """What one run did to one table: the rows it took by the rule, those that went with them, those it left and why."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="counts", verbose_name=_("run"))
    rule = models.CharField(_("rule"), max_length=100, help_text=_("The table whose time had come."))
    cutoff = models.DateTimeField(_("cutoff"), help_text=_("Rows with an older clock had expired."))
    due = models.PositiveBigIntegerField(_("due"), default=0, help_text=_("When the turn of this rule came."))
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    with_them = models.PositiveBigIntegerField(_("rows of other tables"), default=0)
    held = models.PositiveBigIntegerField(
        _("held"), default=0, help_text=_("Due, and left alone: a documented hold keeps them.")
    )
    restricted = models.PositiveBigIntegerField(
        _("restricted"), default=0, help_text=_("Due, and left alone: their person asked for that.")
    )
    in_use = models.PositiveBigIntegerField(
        _("being used"), default=0, help_text=_("Due, and locked by somebody else: the next run takes them.")
    )
    error = models.CharField(_("error"), max_length=100, blank=True, help_text=_("The kind of error, never its words."))

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [models.UniqueConstraint(fields=["run", "rule"], name="retentioncount_once_a_rule")]

    def __str__(self) -> str:
        return self.rule

    @property
    def held_back(self) -> int:
        """Rows whose time had come, and that were left alone."""
        return self.held + self.restricted + self.in_use
