from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When beat was last heard: it asked, the broker passed it on, a worker wrote it down. One row, no history."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    at = models.DateTimeField(_("last heard"), help_text=_("On the clock of the database."))

    class Meta:
        verbose_name = _("sign of life of beat")
        verbose_name_plural = _("signs of life of beat")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="heartbeat_one_row")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def note(cls) -> None:
        cls.objects.update_or_create(pk=cls.THE_ONE, defaults={"at": Now()})
