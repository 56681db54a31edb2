import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.subjects import SUBJECT_KEY_LENGTH


class Wording(models.Model):
    """The exact words beside a consent's box, stored once for everybody who saw them."""

    digest = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, text: str) -> "Wording":
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls.objects.get_or_create(digest=digest, defaults={"text": text})[0]


class ConsentEvent(models.Model):
    """One event in the life of a consent, with what proves it (GDPR Art. 7(1), P3.1, P5.6)."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("given")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("event"), max_length=10, choices=Kind)
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=50)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, verbose_name=_("wording"))
    language = models.CharField(_("language"), max_length=5)
    form = models.CharField(_("form"), max_length=50)
    at = models.DateTimeField(_("date"))
    ended_at = models.DateTimeField(
        _("ended on"), null=True, db_index=True, help_text=_("When the consent was withdrawn or ran out.")
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
