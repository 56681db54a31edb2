"""What portability covers, and its published schema (GDPR Art. 20, P5.7): provided by a person, held on consent."""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, DateField, DateTimeField, EmailField, IntegerField

from privacy.declarations import LegalBasis, PersonalData
from privacy.registry import Registry, column_of, registry
from privacy.rights.fulfilment.contents import AnyField, leaving, titled

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def given_on_consent(table: PersonalData) -> list[str]:
    """The columns that leave, in the table's own order."""
    if table.activity.basis is not LegalBasis.CONSENT:
        return []
    return [column.name for column in leaving(table) if column.name in table.provided_by_subject]


def portable_tables(among: Registry = registry) -> list[PersonalData]:
    return [table for table in among.tables() if given_on_consent(table)]


def schema(among: Registry = registry) -> dict[str, Any]:
    """The JSON Schema of the file, worked out from the declarations; titles are in the language in force."""
    return {
        "$schema": DIALECT,
        "$id": f"{settings.SITE_URL}/portability.schema.json",
        "title": "Data provided by a person, to take elsewhere (GDPR Art. 20)",
        "type": "object",
        "required": ["schema", "controller", "made_at", "address", "tables"],
        "additionalProperties": False,
        "properties": {
            "schema": {"type": "string", "format": "uri"},
            "controller": {"type": "string"},
            "made_at": {"type": "string", "format": "date-time"},
            "address": {"type": "string", "format": "email"},
            "tables": {
                "type": "object",
                "additionalProperties": False,
                "properties": {table.label: _rows(table) for table in portable_tables(among)},
            },
        },
    }


def _rows(table: PersonalData) -> dict[str, Any]:
    columns = given_on_consent(table)
    return {
        "type": "array",
        "items": {
            "type": "object",
            "required": columns,
            "additionalProperties": False,
            "properties": {
                name: {"title": titled(table, name), **_type(column_of(table.model, name))} for name in columns
            },
        },
    }


def _type(column: AnyField) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string"}
    if isinstance(column, BooleanField):
        described = {"type": "boolean"}
    elif isinstance(column, IntegerField):
        described = {"type": "integer"}
    elif isinstance(column, DateTimeField):
        described = {"type": "string", "format": "date-time"}
    elif isinstance(column, DateField):
        described = {"type": "string", "format": "date"}
    elif isinstance(column, EmailField) and not column.blank:
        described = {"type": "string", "format": "email"}
    return {**described, "type": [described["type"], "null"]} if column.null else described
