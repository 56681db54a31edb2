from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered


class LimitCount(Numbered):
    """How often something happened in one window of time, for somebody known by a hash that changes with the window."""

    digest = models.CharField(_("keyed hash"), max_length=64, unique=True)
    count = models.PositiveIntegerField(_("count"), default=0)
    ends_at = models.DateTimeField(_("end of the window"), db_index=True)

    class Meta:
        verbose_name = _("limit count")
        verbose_name_plural = _("limit counts")
