from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.accounts import account
from privacy.consents.models import Consent
from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH


class Directive(Numbered):
    """What somebody wants done with their data after their death. It stands on a consent of its own.

    Revoking it, or withdrawing that consent, deletes the row. It ends when it was carried out, or when no data is left.
    """

    class Wish(models.TextChoices):
        KEEP = "keep", pgettext_lazy("directive", "kept, for as long as the law lets it be kept")
        ERASE = "erase", pgettext_lazy("directive", "erased")
        COMMUNICATE = "communicate", pgettext_lazy("directive", "handed over to somebody")

    class End(models.TextChoices):
        CARRIED_OUT = "carried-out", _("carried out")
        NOTHING_LEFT = "nothing-left", _("no data is left")

    request = models.ForeignKey(
        "privacy.RightsRequest",
        null=True,
        on_delete=models.SET_NULL,
        related_name="directives",
        verbose_name=_("rights request"),
    )
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    wish = models.CharField(_("data is to be"), max_length=20, choices=Wish)
    beneficiary = models.TextField(_("to whom it is to be handed over"), max_length=2000, blank=True)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL, verbose_name=_("consent"))
    registered_at = models.DateTimeField(_("registered on"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed on"), null=True)
    proof_seen = models.TextField(_("proof of death seen"), max_length=500, blank=True)
    ended = models.CharField(_("how it ended"), max_length=20, choices=End, blank=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, db_index=True)
    ended_by = account(_("carried out by"), db_index=False)

    class Meta:
        verbose_name = _("directive for after death")
        verbose_name_plural = _("directives for after death")
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(request__isnull=False), name="directive_once_a_request"
            ),
            models.CheckConstraint(
                condition=~Q(ended="carried-out") | ~Q(proof_seen=""), name="directive_carried_out_on_proof"
            ),
        ]

    @property
    def stands(self) -> bool:
        return self.ended_at is None


class Executor(Numbered):
    """Who sees to a directive: found by their own address, and told (GDPR Art. 14).

    One whose directive is gone, or who was replaced, is told that too, and forgotten.
    """

    directive = models.ForeignKey(
        Directive,
        null=True,
        on_delete=models.SET_NULL,
        related_name="executors",
        verbose_name=_("directive for after death"),
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    named_at = models.DateTimeField(_("named on"), default=timezone.now)
    released_at = models.DateTimeField(_("released on"), null=True, db_index=True)

    class Meta:
        verbose_name = _("executor")
        verbose_name_plural = _("executors")
        indexes = [
            models.Index(fields=["id"], condition=Q(directive=None, released_at=None), name="executor_to_release")
        ]


class HeirsMeasure(Numbered):
    """What the officer grants to heirs, on which of the grounds that the law leaves them (art. 85, II)."""

    class Ground(models.TextChoices):
        SETTLE = "85-II-1-settle", _("settling the estate: access to what that takes (art. 85, II, 1°)")
        GOODS = "85-II-1-goods", _("digital goods and family memories (art. 85, II, 1°)")
        CLOSE = "85-II-2", _("taking note of the death: nothing is used any more (art. 85, II, 2°)")

    request = models.OneToOneField(
        "privacy.RightsRequest", on_delete=models.CASCADE, related_name="heirs", verbose_name=_("rights request")
    )
    ground = models.CharField(_("ground"), max_length=20, choices=Ground)
    because = models.TextField(
        _("why"), max_length=1000, help_text=_("Which proof was seen, and why this is needed. Name nobody.")
    )

    class Meta:
        verbose_name = _("measure for heirs")
        verbose_name_plural = _("measures for heirs")
