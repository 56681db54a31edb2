"""System checks: a column nobody declared, or a declaration the purge could not carry out, stops the site."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DO_NOTHING, PROTECT, RESTRICT, BooleanField, DateField, Field, Model
from django.db.models.constants import LOOKUP_SEP

from privacy.declarations import Exempt, NoPersonalData, PersonalData, Then
from privacy.erasers import DeleteLinked
from privacy.registry import Registry, registry

AnyField = Field[Any, Any]


@register("privacy")
def declarations_are_complete(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Walks every table of every installed app, third-party and automatic ones too."""
    return list(problems(registry, apps.get_models(include_auto_created=True)))


def problems(among: Registry, models: Iterable[type[Model]]) -> Iterator[Error]:
    deleted = {model for table in among.tables() for model in _deleted_by(table)}
    for model in models:
        if model._meta.proxy:
            continue
        declaration = among.declared(model)
        if declaration is None:
            yield Error(
                f"{model._meta.label} is not declared.",
                hint="Register a PersonalData or a NoPersonalData for it in a personal_data.py.",
                obj=model,
                id="privacy.E001",
            )
            continue
        yield from _undeclared_columns(declaration)
        yield from _unknown_columns(declaration)
        if isinstance(declaration, PersonalData):
            yield from _misfit_erasers(declaration)
            yield from _person_not_found(declaration)
            yield from _no_period(declaration)
        if model in deleted:
            yield from _undeletable(among, model)


def _undeclared_columns(declaration: PersonalData | NoPersonalData) -> Iterator[Error]:
    for field in declaration.model._meta.local_concrete_fields:
        if field.name not in declaration.columns and not (field.primary_key and _automatic(field)):
            yield Error(
                f"The column {declaration.model._meta.label}.{field.name} is not declared.",
                hint="Say in personal_data.py what erases it, or that it is not personal.",
                obj=declaration.model,
                id="privacy.E002",
            )


def _unknown_columns(declaration: PersonalData | NoPersonalData) -> Iterator[Error]:
    names = {field.name for field in declaration.model._meta.local_concrete_fields}
    for name in sorted(set(declaration.columns) - names):
        yield Error(
            f"{declaration.model._meta.label} has no column “{name}”, yet it is declared.",
            obj=declaration.model,
            id="privacy.E003",
        )
    if isinstance(declaration, PersonalData):
        for name in sorted(set(declaration.fields) & set(declaration.not_personal)):
            yield Error(
                f"{declaration.model._meta.label}.{name} is declared both personal and not personal.",
                obj=declaration.model,
                id="privacy.E004",
            )
        for name in sorted({*declaration.provided_by_subject, *declaration.rectifiable} - set(declaration.fields)):
            yield Error(
                f"{declaration.model._meta.label}.{name} can be given or corrected, but is not a personal column.",
                obj=declaration.model,
                id="privacy.E004",
            )


def _misfit_erasers(table: PersonalData) -> Iterator[Error]:
    for name, eraser in table.fields.items():
        field = _field(table.model, name)
        reason = eraser.misfit(field) if field is not None and table.anonymised else ""
        if reason:
            yield Error(
                f"{type(eraser).__name__} can't empty {table.model._meta.label}.{name}: {reason}.",
                obj=table.model,
                id="privacy.E005",
            )


def _person_not_found(table: PersonalData) -> Iterator[Error]:
    ways = [bool(table.person), bool(table.part_of), bool(table.no_person_because)]
    if sum(ways) != 1:
        yield Error(
            f"{table.model._meta.label} must say one of: person, part_of, no_person_because.",
            obj=table.model,
            id="privacy.E006",
        )
    if table.person is None:
        return
    for name in (table.person.key, table.person.address):
        if name and name not in table.fields:
            yield Error(
                f"{table.model._meta.label}.{name} finds a person, so it must be one of the personal columns.",
                hint="Otherwise an emptied row would still lead to them.",
                obj=table.model,
                id="privacy.E006",
            )
    key = _field(table.model, table.person.key) if table.person.key else None
    if key is not None and not _indexed(key):
        yield Error(
            f"{table.model._meta.label}.{table.person.key} finds a person, but has no index.",
            obj=table.model,
            id="privacy.E006",
        )


def _no_period(table: PersonalData) -> Iterator[Error]:
    retention = table.retention
    if retention is None:
        yield Error(
            f"{table.model._meta.label} has no retention rule.",
            hint="Give a Retention, or an Exempt with its reason.",
            obj=table.model,
            id="privacy.E007",
        )
    if isinstance(retention, Exempt) or retention is None:
        return
    clock = _field(table.model, retention.clock)
    if not isinstance(clock, DateField):
        yield Error(
            f"The retention clock {table.model._meta.label}.{retention.clock} is not a date.",
            obj=table.model,
            id="privacy.E008",
        )
    elif not (_indexed(clock) or retention.indexed_by or retention.unindexed_because):
        yield Error(
            f"The retention clock {table.model._meta.label}.{retention.clock} has no index.",
            hint="Index it, or state why the table stays small with unindexed_because.",
            obj=table.model,
            id="privacy.E008",
        )
    if retention.then is Then.ANONYMISE and not isinstance(_field(table.model, retention.mark), BooleanField):
        yield Error(
            f"{table.model._meta.label} is anonymised but has no boolean column “{retention.mark}” to say so.",
            obj=table.model,
            id="privacy.E009",
        )


def _undeletable(among: Registry, model: type[Model]) -> Iterator[Error]:
    parts = {part.model for part in among.parts_of(model)}
    for relation in model._meta.related_objects:
        on_delete = getattr(relation, "on_delete", None)
        if on_delete in (PROTECT, RESTRICT, DO_NOTHING) and relation.related_model not in parts:
            yield Error(
                f"{model._meta.label} is deleted in time, but {relation.field} would refuse it.",
                hint="Make that key CASCADE or SET_NULL, or declare its table as a part of this one.",
                obj=model,
                id="privacy.E010",
            )


def _deleted_by(table: PersonalData) -> Iterator[type[Model]]:
    if not table.anonymised:
        yield table.model
    for name, eraser in table.fields.items():
        field = _field(table.model, name)
        if isinstance(eraser, DeleteLinked) and field is not None and isinstance(field.related_model, type):
            yield field.related_model


def _field(model: type[Model], path: str) -> AnyField | None:
    """The field a name or a path of foreign keys (`request__closed_at`) leads to."""
    field: AnyField | None = None
    for name in path.split(LOOKUP_SEP):
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not isinstance(found, Field):
            return None
        field = found
        if isinstance(field.related_model, type):
            model = field.related_model
    return field


def _indexed(field: AnyField) -> bool:
    if getattr(field, "db_index", False) or field.unique:
        return True
    return any(index.fields and index.fields[0].lstrip("-") == field.name for index in field.model._meta.indexes)


def _automatic(field: AnyField) -> bool:
    return field.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}
