from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH


class Objection(Numbered):
    """Somebody objected to marketing, or to all use: a keyed hash and a date, no address (P5.5).

    One row for each key of the ring, so that rows under an older key are found too. Each objection has rows of its own:
    undoing one leaves an earlier one as it was, and the last one is kept its full time.
    """

    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH)
    at = models.DateTimeField(_("objected on"), db_index=True)
    request = models.ForeignKey(
        "privacy.RightsRequest",
        null=True,
        on_delete=models.SET_NULL,
        related_name="objections",
        verbose_name=_("rights request"),
    )
    settles_at = models.DateTimeField(
        _("to be settled on"), null=True, help_text=_("When what rests on the consent ends, unless it is undone.")
    )

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        indexes = [
            models.Index(fields=["subject_key", "at"], name="objection_of_somebody"),
            models.Index(fields=["settles_at"], condition=Q(settles_at__isnull=False), name="objection_to_settle"),
        ]
        constraints = [models.UniqueConstraint(fields=["request", "subject_key"], name="objection_once_a_request")]
