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
SELECT sealed.name, p.prosrc
FROM unnest(%s::text[], %s::text[]) AS sealed (name, trigger)
JOIN pg_trigger t ON t.tgrelid = to_regclass(sealed.name) AND t.tgname = sealed.trigger
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''
  AND t.tgtype & 27 = 27
"""
"""Of all tables: a trigger that is on, without a condition, for each row, before update and delete (1 + 2 + 8 + 16)."""


def evidence_unsealed(now: datetime) -> Finding:
    """Each is installed and on, with the words that it has in the code: a function emptied by hand keeps its name."""
    sealed = list(sealed_tables())
    tables = [_named(model) for model, _trigger in sealed]
    triggers = [trigger.get_pgid(model) for model, trigger in sealed]  # type: ignore[arg-type]  # It wants the class.
    with connection.cursor() as cursor:
        cursor.execute(SEALED, [tables, triggers])
        live = dict(cursor.fetchall())
    return nothing_in(
        [
            model._meta.label_lower
            for model, trigger in sealed
            if _bare(str(trigger.func)) not in _bare(live.get(_named(model), ""))
        ]
    )


def sealed_tables() -> Iterator[tuple[type[Model], AppendOnly]]:
    for model in apps.get_models(include_auto_created=True):
        for trigger in getattr(model._meta, "triggers", ()):
            if isinstance(trigger, AppendOnly):
                yield model, trigger


def _named(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


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
