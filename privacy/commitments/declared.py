"""Whether the live database holds what is declared, and nothing else (P2.1, P2.2, P8.0)."""

from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.checks import problems
from privacy.commitments.frame import Commitment, Finding, nothing_in
from privacy.periods import THIRTEEN_MONTHS
from privacy.registry import Registry, registry

COLUMNS = """
SELECT n.nspname, c.relname, a.attname, n.nspname = current_schema()
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
"""Every column of every table, of whatever schema, that no extension brought: a copy made by hand is found too."""


def columns_nobody_declared(now: datetime) -> Finding:
    known = declared_columns()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        found = cursor.fetchall()
    return nothing_in(
        sorted(
            f"{table}.{column}" if is_ours else f"{schema}.{table}.{column}"
            for schema, table, column, is_ours in found
            if not (is_ours and (table, column) in known)
        )
    )


def declared_columns(among: Registry = registry) -> set[tuple[str, str]]:
    """Each declared column as the database names it, with automatic keys and Django's list of migrations."""
    bookkeeping = MigrationRecorder.Migration._meta
    known = {(bookkeeping.db_table, str(field.column)) for field in bookkeeping.local_concrete_fields}
    for model in apps.get_models(include_auto_created=True):
        declaration = among.declared(model)
        if declaration is not None:
            known |= {
                (model._meta.db_table, str(field.column))
                for field in model._meta.local_concrete_fields
                if field.name in declaration.columns or field.primary_key
            }
    return known


def declarations_at_fault(now: datetime) -> Finding:
    """What would stop the site from starting, asked of the site that runs: the same system checks."""
    faults = problems(registry, apps.get_models(include_auto_created=True))
    return nothing_in(sorted({getattr(getattr(fault.obj, "_meta", None), "label_lower", "") for fault in faults}))


def cookies_too_long(now: datetime) -> Finding:
    lives = {tracker.name: tracker.life for tracker in registry.all_trackers}
    return nothing_in(sorted(name for name, life in lives.items() if life is not None and life > THIRTEEN_MONTHS))


COLUMNS_DECLARED = Commitment(
    name="columns-declared",
    promises=("P2.1", "P2.2"),
    said=_("The database has no column, and no copy of a table, that is not declared."),
    checked=_("Compares every column of the live database with the declarations this policy is printed from."),
    found=ngettext_lazy("%(number)d column not declared", "%(number)d columns not declared", "number"),
    check=columns_nobody_declared,
)
DECLARATIONS = Commitment(
    name="declarations-complete",
    promises=("P2.2", "P8.0"),
    said=_("Every table that holds personal data has a period, or a stated reason to have none."),
    checked=_("Goes through the declarations of the running program, as at its start."),
    found=ngettext_lazy("%(number)d table at fault", "%(number)d tables at fault", "number"),
    check=declarations_at_fault,
)
COOKIES = Commitment(
    name="cookie-lives",
    promises=("P8.3",),
    said=_("No declared cookie lives longer than thirteen months."),
    checked=_("Goes through the list of cookies that this site may set."),
    found=ngettext_lazy("%(number)d cookie too long-lived", "%(number)d cookies too long-lived", "number"),
    check=cookies_too_long,
)
