import hashlib
from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.append_only import AppendOnly
from privacy.numbered import Numbered
from privacy.statements import Given
from privacy.subjects import SUBJECT_KEY_LENGTH

PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    """The day a version counts by: the company's."""
    return timezone.now().astimezone(PARIS).date()


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def dated(self) -> "PolicyVersionQuerySet":
        """Without the texts, for pages that name versions."""
        return self.defer("text_fr", "text_en")

    def in_force(self) -> "PolicyVersion | None":
        """The version people were last told about, whose day has come. None before the first one."""
        return self.in_force_on(today()).first()

    def in_force_on(self, day: date | Given) -> "PolicyVersionQuerySet":
        """That version alone, or none."""
        return self.filter(effective_from__lte=day).order_by("-effective_from", "-pk")[:1]


class PolicyVersion(Numbered):
    """The policy as it was published one day, in both languages, never changed from there on (P12.1).

    The texts are HTML, rendered by us; an imported text may have one language only, the other is empty.
    """

    effective_from = models.DateField(_("in force from"), db_index=True)
    published_at = models.DateTimeField(_("published on"), default=timezone.now, editable=False)
    is_important = models.BooleanField(
        _("important change"),
        default=False,
        help_text=_("Each person whose data we hold is told by mail, and visitors by a notice on the site."),
    )
    changes_fr = models.TextField(_("what changed, in French"))
    changes_en = models.TextField(_("what changed, in English"))
    text_fr = models.TextField(_("text in French"), editable=False, blank=True)
    text_en = models.TextField(_("text in English"), editable=False, blank=True)
    digest = models.CharField(_("SHA-256 of the texts"), max_length=64, editable=False)
    is_imported = models.BooleanField(_("imported"), default=False, editable=False)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the policy")
        verbose_name_plural = _("versions of the policy")
        ordering = ["-effective_from", "-pk"]
        triggers = [AppendOnly()]

    def text_in(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_fr

    def changes_in(self, language: str) -> str:
        return self.changes_en if language == "en" else self.changes_fr


class PolicyAnnouncement(Numbered):
    """An important version to be told to everybody: whether each has been written down as somebody to tell."""

    version = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, related_name="announcement", verbose_name=_("version of the policy")
    )
    people = models.PositiveIntegerField(_("people"), default=0)
    finished_at = models.DateTimeField(_("all queued on"), null=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [models.Index(fields=["id"], condition=Q(finished_at=None), name="announcement_unfinished")]


class PolicyNotice(Numbered):
    """One person to be told of one version, once. A reference to a row of theirs, never an address."""

    version = models.ForeignKey(
        PolicyVersion,
        on_delete=models.PROTECT,
        related_name="notices",
        db_index=False,
        verbose_name=_("version of the policy"),
    )
    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    table = models.CharField(_("table"), max_length=100)
    row = models.BigIntegerField(_("row"))
    made_at = models.DateTimeField(_("written down on"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of a change")
        constraints = [models.UniqueConstraint(fields=["version", "subject_key"], name="policynotice_once_a_person")]


def digest_of(text_fr: str, text_en: str) -> str:
    """What stands for the two texts: SHA-256 in hexadecimal, of both in UTF-8, parted by a zero byte."""
    return hashlib.sha256(f"{text_fr}\0{text_en}".encode()).hexdigest()
