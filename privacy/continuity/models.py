import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.numbered import Numbered

BEFORE_THE_FIRST = -1


def new_ledger() -> str:
    """A name that no other ledger has; the first line refers to it as every other does to the line before."""
    return secrets.token_hex(32)


class LedgerHead(models.Model):
    """The last line of the ledger that this database knows to be its own. One row.

    A dump takes it along: so it can be told which lines came after it, and whether a ledger is the one it belongs to.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    number = models.BigIntegerField(_("number of the last line"), default=BEFORE_THE_FIRST)
    hash = models.CharField(_("fingerprint of the last line"), max_length=64, default=new_ledger)
    stood = models.BigIntegerField(_("number at the beginning of the last transaction"), default=BEFORE_THE_FIRST)
    transaction = models.BigIntegerField(_("last transaction"), default=0)

    class Meta:
        verbose_name = _("head of the ledger")
        verbose_name_plural = _("head of the ledger")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledgerhead_one_row")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"


class Backup(models.Model):
    """One encrypted copy of the database, as the storage has it. Nothing of anybody."""

    class Kind(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")

    class State(models.TextChoices):
        BEING_STORED = "storing", _("being stored")
        STORED = "stored", _("stored")
        FOUND = "found", _("found in the storage")
        FAILED = "failed", _("failed")
        DELETED = "deleted", _("deleted in turn")

    name = models.CharField(_("file"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DAILY)
    state = models.CharField(_("state"), max_length=10, choices=State)
    made_at = models.DateTimeField(_("made on"))
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    ledger_number = models.BigIntegerField(_("ledger up to line"), null=True)
    ledger_hash = models.CharField(_("fingerprint of that line"), max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    subject_keys = models.TextField(
        _("names of subject keys"), blank=True, help_text=_("Those its rows carry; empty: not known.")
    )
    deleted_at = models.DateTimeField(_("deleted on"), null=True)
    error = models.CharField(_("error"), max_length=100, blank=True, help_text=_("The kind of error, never its words."))

    KEPT = (State.STORED, State.FOUND)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        indexes = [
            models.Index(fields=["-made_at"], name="backup_newest"),
            models.Index(fields=["made_at"], condition=Q(state__in=["stored", "found"]), name="backup_kept"),
        ]

    def __str__(self) -> str:
        return self.name


class Drill(Numbered):
    """One try at restoring the latest backup into a database of its own, and how that went (P7.5)."""

    backup = models.CharField(_("backup"), max_length=100, blank=True)
    started_at = models.DateTimeField(_("started on"))
    finished_at = models.DateTimeField(_("finished on"), null=True)
    passed = models.BooleanField(_("passed"), default=False)
    seconds = models.FloatField(_("seconds to restore"), null=True)
    data_from = models.DateTimeField(_("data of"), null=True, help_text=_("When the backup was made."))
    rows = models.PositiveBigIntegerField(_("rows compared"), default=0)
    lines = models.PositiveIntegerField(_("lines of the ledger replayed"), default=0)
    problem = models.TextField(_("what went wrong"), blank=True)

    class Meta:
        verbose_name = _("restore drill")
        verbose_name_plural = _("restore drills")
        indexes = [models.Index(fields=["-started_at"], name="drill_newest")]
