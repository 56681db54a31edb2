from django.db import models
from django.utils.translation import gettext_lazy as _


class RetentionRun(models.Model):
    """One run of the engine: when, who asked, how it ended. Nothing personal."""

    class Trigger(models.TextChoices):
        BEAT = "beat", _("nightly")
        COMMAND = "command", _("command line")

    class Outcome(models.TextChoices):
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

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RetentionCount(models.Model):
    """What one run did to one table: the rows it took by the rule, and those that went with them."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="counts", verbose_name=_("run"))
    rule = models.CharField(_("rule"), max_length=100, help_text=_("The table whose time had come."))
    cutoff = models.DateTimeField(_("cutoff"), help_text=_("Rows with an older clock had expired."))
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    with_them = models.PositiveBigIntegerField(_("rows of other tables"), default=0)
    error = models.CharField(_("error"), max_length=100, blank=True, help_text=_("The kind of error, never its words."))

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [models.UniqueConstraint(fields=["run", "rule"], name="retentioncount_once_a_rule")]

    def __str__(self) -> str:
        return self.rule
