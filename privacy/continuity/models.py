import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
