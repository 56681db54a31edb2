import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.append_only import AppendOnly
from privacy.numbered import Numbered
from privacy.policy.models import PolicyVersion
from privacy.subjects import SUBJECT_KEY_LENGTH


class Wording(models.Model):
    """The exact words beside a consent's box, stored once for everybody who saw them."""

    digest = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, text: str) -> "Wording":
        return cls.objects.get_or_create(digest=digest_of(text), defaults={"text": text})[0]


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        return self.filter(ended_at=None)


class Consent(Numbered):
    """One person's yes to one purpose. What is held on it points to it; what proves it is its events (GDPR Art. 7(1)).

    Only its end is ever written: from there on it is nothing but proof.
    """

    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=50)
    given_at = models.DateTimeField(_("given on"))
    ended_at = models.DateTimeField(
        _("end of the consent"),
        null=True,
        db_index=True,
        help_text=_("When it was withdrawn, ran out, or its person was erased."),
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["purpose", "subject_key"], condition=Q(ended_at=None), name="consent_live"),
            models.Index(fields=["-given_at"], name="consent_newest"),
        ]


class ConsentEvent(Numbered):
    """One event in the life of a consent, never changed afterwards: what was shown, where, when (P3.1, P5.6)."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("given")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="events", verbose_name=_("consent"))
    kind = models.CharField(_("event"), max_length=10, choices=Kind)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, db_index=False, verbose_name=_("wording"))
    language = models.CharField(_("language"), max_length=5)
    policy_version = models.ForeignKey(
        PolicyVersion,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        verbose_name=_("policy in force"),
        help_text=_("None before the first version was published."),
    )
    form = models.CharField(_("form"), max_length=50)
    at = models.DateTimeField(_("date"))

    class Meta:
        verbose_name = _("event of a consent")
        verbose_name_plural = _("events of consents")
        triggers = [AppendOnly()]


class WithdrawalRequest(Numbered):
    """Somebody typed an address to take back what it agreed to: whether it agreed to anything is the worker's to see.

    Gone once its link is used, or after a day.
    """

    LIFE = timedelta(hours=24)

    address = models.EmailField(_("e-mail address"), max_length=254)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    good_until = models.DateTimeField(_("good until"), db_index=True)

    class Meta:
        verbose_name = _("withdrawal asked for")
        verbose_name_plural = _("withdrawals asked for")

    def is_good(self, now: datetime) -> bool:
        return now < self.good_until
