"""Gathers the models of the app's rooms, and holds those of choices."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cookies.audience.models import AudienceCount
from privacy.append_only import AppendOnly
from privacy.numbered import Numbered

__all__ = ["AudienceCount", "CatalogueVersion", "ChoiceEvent", "RefusalCount", "StoppedCookie"]


class CatalogueVersion(Numbered):
    """The purposes and trackers as they stood, with the banner's words as visitors saw them. Never changed."""

    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    asked = models.CharField(
        _("what was asked"), max_length=12, help_text=_("Changes when visitors have to be asked again.")
    )
    catalogue = models.JSONField(_("purposes and trackers"))
    text_fr = models.TextField(_("banner in French"))
    text_en = models.TextField(_("banner in English"))
    recorded_at = models.DateTimeField(_("recorded on"), default=timezone.now)

    class Meta:
        verbose_name = _("version of the cookie catalogue")
        verbose_name_plural = _("versions of the cookie catalogue")
        ordering = ["-pk"]
        triggers = [AppendOnly()]


class ChoiceEvent(Numbered):
    """What proves an agreement or its withdrawal. Nothing in it finds a person; they may quote the number."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("event"), max_length=10, choices=Kind)
    number = models.CharField(_("number of the choice"), max_length=19)
    purposes = models.CharField(_("purposes"), max_length=500, help_text=_("Their names, apart by a space."))
    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, verbose_name=_("catalogue"))
    language = models.CharField(_("language"), max_length=5)
    at = models.DateTimeField(_("date"))
    ends_at = models.DateTimeField(_("end of the choice"), db_index=True)

    class Meta:
        verbose_name = _("choice about cookies")
        verbose_name_plural = _("choices about cookies")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "at"], name="choiceevent_by_month")]
        constraints = [models.UniqueConstraint(fields=["number", "kind"], name="choiceevent_once")]
        triggers = [AppendOnly(sooner="ends_at")]


class RefusalCount(models.Model):
    """How many refused on one day. Those who refuse get no number."""

    day = models.DateField(_("day"), unique=True)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("refusals of a day")
        verbose_name_plural = _("refusals by day")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class StoppedCookie(models.Model):
    """How many cookies the gate kept from leaving on one day, and why. Their names are in the log."""

    class Reason(models.TextChoices):
        UNDECLARED = "undeclared", _("not in the catalogue")
        REFUSED = "refused", _("its purpose is not agreed to")
        TOO_LONG = "too-long", _("it would live longer than declared")
        ELSEWHERE = "elsewhere", _("set on another path or domain than declared")

    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("cookies stopped")
        verbose_name_plural = _("cookies stopped by day")
        ordering = ["-day", "reason"]
        constraints = [models.UniqueConstraint(fields=["day", "reason"], name="stoppedcookie_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_reason_display()}"
