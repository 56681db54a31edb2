"""Whose data a restriction covers."""

from privacy.registry import Registry, registry
from privacy.restrictions.models import RestrictedRows, Restriction


def people_of(restriction: Restriction, among: Registry = registry) -> set[str]:
    """Their subject keys: those it was placed on, and those of the records it covers as they stand today."""
    rows = RestrictedRows.objects.filter(restriction=restriction)
    keys = set(rows.exclude(subject_key="").values_list("subject_key", flat=True))
    records: dict[str, list[str]] = {}
    for label, number in rows.exclude(record_id="").values_list("table", "record_id"):
        records.setdefault(label, []).append(number)
    for table in among.tables():
        if table.label in records and table.person and table.person.key:
            column = table.person.key
            theirs = table.model._base_manager.filter(pk__in=records[table.label]).exclude(**{column: ""})
            keys |= set(theirs.values_list(column, flat=True))
    return keys
