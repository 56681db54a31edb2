"""Whether the database itself still refuses to rewrite evidence (P7.2)."""

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.append_only import AppendOnly
from privacy.commitments.frame import Commitment, Finding, nothing_in

SEALED = """
SELECT p.prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = to_regclass(%s) AND t.tgname = %s
  AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''
  AND t.tgtype & 27 = 27
"""
"""A trigger that is on, without a condition, for each row, before each update and delete (1 + 2 + 8 + 16)."""


def evidence_unsealed(now: datetime) -> Finding:
    return nothing_in([model._meta.label_lower for model, trigger in sealed_tables() if not _holds(model, trigger)])


def sealed_tables() -> Iterator[tuple[type[Model], AppendOnly]]:
    for model in apps.get_models(include_auto_created=True):
        for trigger in getattr(model._meta, "triggers", ()):
            if isinstance(trigger, AppendOnly):
                yield model, trigger


def _holds(model: type[Model], trigger: AppendOnly) -> bool:
    """Installed and on, with the words that it has in the code: a function emptied by hand keeps its name."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(SEALED, [table, trigger.get_pgid(model)])  # type: ignore[arg-type]  # It wants the class.
        row = cursor.fetchone()
    return row is not None and _bare(str(trigger.func)) in _bare(row[0])


def _bare(code: str) -> str:
    return " ".join(code.split())


APPEND_ONLY = Commitment(
    name="evidence-append-only",
    promises=("P7.2",),
    said=_("The database refuses to change or delete what proves something."),
    checked=_("Reads the triggers of the live database: each is there, is on, and says what the program says."),
    found=ngettext_lazy("%(number)d table unprotected", "%(number)d tables unprotected", "number"),
    check=evidence_unsealed,
)
