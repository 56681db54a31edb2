from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.accounts import account
from privacy.append_only import AppendOnly, accounts_gone, only
from privacy.declarations import KeptGround
from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH

ENDED_OR_LONGER = f"""(
    ({accounts_gone("placed_by_id", "lifted_by_id")})
    OR (OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
        AND {only("lifted_at", "lifted_by_id", "lifted_because")})
    OR (OLD.lifted_at IS NULL AND (NEW.until IS NULL OR NEW.until >= OLD.until)
        AND {only("until", "review_on")})
)"""
"""All that may become of a hold: it is lifted, once; it stands for longer; whoever decided has left."""


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self, now: datetime | None = None) -> "HoldQuerySet":
        return self.filter(standing(now or timezone.now()))


def standing(now: datetime, prefix: str = "") -> Q:
    """The condition that a hold keeps its rows now: not lifted, and not over."""
    return Q(**{f"{prefix}lifted_at": None}) & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": now}))


class Hold(Numbered):
    """The decision to keep what would be erased: on what ground, why, since when, until when. Evidence itself."""

    ground = models.CharField(_("ground"), max_length=10, choices=KeptGround)
    reason = models.TextField(
        _("reason"),
        max_length=2000,
        help_text=_("What makes it necessary: the claim, its number. Name nobody."),
    )
    placed_at = models.DateTimeField(_("placed on"), default=timezone.now, editable=False)
    placed_by = account(_("placed by"), editable=False)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, db_index=True, help_text=_("Empty: until it is lifted.")
    )
    review_on = models.DateField(_("to be reviewed on"), help_text=_("When somebody asks whether it is still needed."))
    lifted_at = models.DateTimeField(_("lifted on"), null=True, editable=False, db_index=True)
    lifted_by = account(_("lifted by"), editable=False)
    lifted_because = models.TextField(_("why it was lifted"), max_length=2000, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        triggers = [AppendOnly(unless=ENDED_OR_LONGER)]

    @property
    def stands(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


class HeldRows(Numbered):
    """What a hold keeps: all rows under one subject key, or one record by its table and primary key.

    An address typed to place a hold is never stored: it makes a row for each key its owner's rows may carry, and one
    for each record of theirs in tables that know them by address alone.
    """

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="held", verbose_name=_("hold"))
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, blank=True, db_index=True)
    table = models.CharField(_("table"), max_length=100, blank=True)
    record_id = models.CharField(_("record"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("what is held")
        verbose_name_plural = _("what is held")
        indexes = [models.Index(fields=["record_id", "table"], condition=~Q(record_id=""), name="heldrows_record")]
        triggers = [AppendOnly()]


class HoldReview(Numbered):
    """Somebody looked at a hold again: it is still needed, until when, and when to look next. Never changed afterwards.

    The hold itself carries what stands now; what stood before each review stays here.
    """

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("hold"))
    because = models.TextField(_("why it is still needed"), max_length=2000, help_text=_("Name nobody."))
    until_before = models.DateTimeField(_("until, before"), null=True, editable=False)
    until = models.DateTimeField(_("until"), null=True, editable=False)
    review_before = models.DateField(_("review, before"), editable=False)
    review_on = models.DateField(_("to be reviewed on"))
    at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    by = account(_("by"), editable=False, db_index=False)

    class Meta:
        verbose_name = _("review of a hold")
        verbose_name_plural = _("reviews of holds")
        triggers = [AppendOnly(unless=accounts_gone("by_id"))]
