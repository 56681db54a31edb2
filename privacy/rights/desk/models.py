from django.db import models
from django.utils.translation import gettext_lazy as _


class ReplyTemplate(models.Model):
    """A text the officer begins an answer with, in both languages; about nobody."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    body_fr = models.TextField(_("text in French"), max_length=20_000)
    body_en = models.TextField(_("text in English"), max_length=20_000)

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def body_in(self, language: str) -> str:
        return self.body_fr if language == "fr" else self.body_en
