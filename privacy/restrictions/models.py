from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.accounts import account
from privacy.append_only import AppendOnly
from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH


class Ground(models.TextChoices):
    """When a person may have the use of their data restricted (GDPR Art. 18(1))."""

    ACCURACY = "18(1)(a)", _("its accuracy is contested (GDPR Art. 18(1)(a))")
    UNLAWFUL = "18(1)(b)", _("its use is unlawful, and its erasure is opposed (GDPR Art. 18(1)(b))")
    CLAIMS = "18(1)(c)", _("its person needs it for legal claims (GDPR Art. 18(1)(c))")
    OBJECTION = "18(1)(d)", _("an objection is being weighed (GDPR Art. 18(1)(d))")


ASKED_TO_KEEP = (Ground.UNLAWFUL, Ground.CLAIMS)
"""On these grounds the person wants the data kept: nothing erases it before the restriction is lifted."""


def standing(prefix: str = "") -> Q:
    """The condition that a restriction is in force: placed, and not lifted."""
    return Q(**{f"{prefix}placed_at__isnull": False, f"{prefix}lifted_at": None})


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def standing(self) -> "RestrictionQuerySet":
        return self.filter(standing())


class Restriction(Numbered):
    """The decision to store and nothing else: on what ground, why, since when. Evidence itself.

    One that a rights request asks for is prepared first, and placed once that request is granted. Lifting takes two
    steps: it is announced to the person, with its day and its reason, and happens once they were told (Art. 18(3)).
    """

    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    reason = models.TextField(
        _("reason"), max_length=2000, help_text=_("What is contested, or what it is needed for. Name nobody.")
    )
    request = models.ForeignKey(
        "privacy.RightsRequest",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="restrictions",
        verbose_name=_("rights request"),
    )
    prepared_until = models.DateTimeField(
        _("prepared until"), null=True, editable=False, db_index=True, help_text=_("Empty once it is placed.")
    )
    placed_at = models.DateTimeField(_("placed on"), null=True, editable=False)
    placed_by = account(_("placed by"), editable=False)
    review_on = models.DateField(_("to be reviewed on"), help_text=_("When somebody asks whether it is still needed."))
    lift_on = models.DateField(
        _("to be lifted on"), null=True, help_text=_("The person is told this day, and the reason, beforehand.")
    )
    lifted_because = models.TextField(_("why it is lifted"), max_length=2000, blank=True)
    announced_at = models.DateTimeField(_("lifting announced on"), null=True, editable=False)
    announced_by = account(_("lifting announced by"), editable=False)
    told_at = models.DateTimeField(_("person told on"), null=True, editable=False)
    told_how = models.CharField(_("told otherwise than by mail"), max_length=300, blank=True)
    lifted_at = models.DateTimeField(_("lifted on"), null=True, editable=False, db_index=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        indexes = [
            models.Index(fields=["review_on"], condition=Q(lifted_at=None), name="restriction_review"),
            models.Index(
                fields=["lift_on"], condition=Q(lifted_at=None, announced_at__isnull=False), name="restriction_to_lift"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(told_at__isnull=False), name="restriction_told_before_lifted"
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None) | (~Q(lifted_because="") & Q(lift_on__isnull=False)),
                name="restriction_lifted_with_reason",
            ),
        ]

    @property
    def stands(self) -> bool:
        return self.placed_at is not None and self.lifted_at is None


class RestrictedRows(Numbered):
    """What a restriction covers: all rows under one subject key, those of one table or purpose, or one record.

    `purpose` names a consent's purpose: of that table, the rows held on such a consent. An address typed to place a
    restriction is never stored: it makes a row for each key its owner's rows may carry.
    """

    restriction = models.ForeignKey(
        Restriction, on_delete=models.CASCADE, related_name="restricted", verbose_name=_("restriction")
    )
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, blank=True, db_index=True)
    table = models.CharField(_("table"), max_length=100, blank=True)
    purpose = models.CharField(_("purpose"), max_length=50, blank=True)
    record_id = models.CharField(_("record"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("what is restricted")
        verbose_name_plural = _("what is restricted")
        indexes = [
            models.Index(fields=["record_id", "table"], condition=~Q(record_id=""), name="restrictedrows_record")
        ]


class RestrictionUse(Numbered):
    """Restricted data was used all the same, which the law allows on four grounds alone (GDPR Art. 18(2))."""

    class Ground(models.TextChoices):
        CONSENT = "consent", _("with the person’s consent")
        CLAIMS = "claims", _("for legal claims")
        OTHERS = "others", _("to protect the rights of another person")
        PUBLIC = "public", _("for reasons of important public interest")

    restriction = models.ForeignKey(
        Restriction, on_delete=models.CASCADE, related_name="uses", verbose_name=_("restriction")
    )
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    because = models.TextField(_("what was done, and why"), max_length=2000, help_text=_("Name nobody."))
    at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    by = account(_("by"), editable=False, db_index=False)

    class Meta:
        verbose_name = _("use of restricted data")
        verbose_name_plural = _("uses of restricted data")
        triggers = [AppendOnly()]
