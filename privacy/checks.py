"""System checks: a column nobody declared, or a declaration the purge could not carry out, stops the site."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, SET_NULL, BooleanField, DateField, Field, ForeignKey, Model, Q
from django.db.models.constants import LOOKUP_SEP

from privacy.declarations import NoPersonalData, PersonalData, Retention, Then
from privacy.erasers import AnyField, DeleteLinked
from privacy.periods import Period
from privacy.registry import Registry, keys_to, registry


@register("privacy")
def declarations_are_complete(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Walks every table of every installed app, third-party and automatic ones too."""
    return list(problems(registry, apps.get_models(include_auto_created=True)))


@register("privacy")
def processors_serve_what_exists(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A misspelt activity would leave a processor out of the record."""
    known = {table.activity.name for table in registry.tables()}
    return [
        Error(
            f"The processor {processor.name} serves the activity “{name}”, which no app declares.",
            hint=f"Activities: {', '.join(sorted(known))}.",
            id="privacy.E011",
        )
        for processor in settings.PROCESSORS
        for name in sorted(set(processor.activities) - known)
    ]


def problems(among: Registry, models: Iterable[type[Model]]) -> Iterator[Error]:
    deleted = _deleted(among)
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
            yield from _person_not_found(among, declaration)
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
        for name in sorted({*declaration.free_text, *declaration.secret} - set(declaration.fields)):
            yield Error(
                f"{declaration.model._meta.label}.{name} is read before a copy leaves, but is not a personal column.",
                obj=declaration.model,
                id="privacy.E004",
            )
        for name in sorted(set(declaration.settled) - set(declaration.not_personal)):
            yield Error(
                f"{declaration.model._meta.label}.{name} is settled by an erasure, but not declared as not personal.",
                obj=declaration.model,
                id="privacy.E004",
            )


def _misfit_erasers(table: PersonalData) -> Iterator[Error]:
    for name, eraser in (*table.fields.items(), *table.settled.items()):
        field = _field(table.model, name)
        reason = eraser.misfit(field) if field is not None and (table.anonymised or _links(eraser)) else ""
        if reason:
            yield Error(
                f"{type(eraser).__name__} can't empty {table.model._meta.label}.{name}: {reason}.",
                obj=table.model,
                id="privacy.E005",
            )


def _person_not_found(among: Registry, table: PersonalData) -> Iterator[Error]:
    def error(problem: str, hint: str | None = None) -> Error:
        return Error(f"{table.model._meta.label}{problem}", hint=hint, obj=table.model, id="privacy.E006")

    ways = [bool(table.person), bool(table.part_of), bool(table.no_person_because)]
    if sum(ways) != 1:
        yield error(" must say one of: person, part_of, no_person_because.")
    if table.part_of:
        key = _field(table.model, table.part_of)
        if not isinstance(key, ForeignKey) or not isinstance(_whole_of(among, table), PersonalData):
            yield error(f".{table.part_of} is not a foreign key to a table declared to hold personal data.")
        elif not _indexed(key):
            yield error(f".{table.part_of} leads to the whole, but has no index.")
        elif _is_part_of_itself(among, table):
            yield error(f".{table.part_of} leads back to this very table: nobody's rows could be found.")
    if table.person is None:
        return
    for name in (table.person.key, table.person.address):
        if name and name not in table.fields:
            yield error(
                f".{name} finds a person, so it must be one of the personal columns.",
                hint="Otherwise an emptied row would still lead to them.",
            )
    if table.person.language and _field(table.model, table.person.language) is None:
        yield error(f" has no column “{table.person.language}” for the person's language.")
    subject_key = _field(table.model, table.person.key) if table.person.key else None
    if subject_key is not None and not _indexed(subject_key):
        yield error(f".{table.person.key} finds a person, but has no index.")


def _no_period(table: PersonalData) -> Iterator[Error]:
    if table.retention is None:
        yield Error(
            f"{table.model._meta.label} has no retention rule.",
            hint="Give a Retention, or an Exempt with its reason.",
            obj=table.model,
            id="privacy.E007",
        )
    for retention in table.rules:
        yield from _bad_clock(table, retention)
    if table.kept and table.kept.clock not in {"", *(rule.clock for rule in table.rules)}:
        yield Error(
            f"{table.model._meta.label} is kept at an erasure until {table.kept.clock} says, which is no clock of its.",
            obj=table.model,
            id="privacy.E007",
        )


def _bad_clock(table: PersonalData, retention: Retention) -> Iterator[Error]:
    label = table.model._meta.label
    if not _has_period(retention):
        yield Error(f"The period of {label} can't be read.", obj=table.model, id="privacy.E007")
    clock = _field(table.model, retention.clock)
    mark = _field(table.model, retention.mark) if table.anonymised else None
    given = [Q(**{f"{retention.clock}__isnull": False}), *([Q(**{retention.mark: False})] if mark is not None else [])]
    if not isinstance(clock, DateField):
        yield Error(f"The retention clock {label}.{retention.clock} is not a date.", obj=table.model, id="privacy.E008")
    elif not (_indexed(clock, given) or retention.indexed_by or retention.unindexed_because):
        yield Error(
            f"The retention clock {label}.{retention.clock} has no index.",
            hint="Index it, or state why the table stays small with unindexed_because.",
            obj=table.model,
            id="privacy.E008",
        )
    if retention.then is Then.ANONYMISE and not table.anonymised:
        yield Error(
            f"{label} is anonymised by {retention.clock}, but deleted by its main clock.",
            hint="Rows already anonymised are known by the mark of the main clock.",
            obj=table.model,
            id="privacy.E009",
        )
    elif retention.then is Then.ANONYMISE and (not isinstance(mark, BooleanField) or retention.mark in table.fields):
        yield Error(
            f"{label} is anonymised but has no boolean column “{retention.mark}”, not personal, to say so.",
            obj=table.model,
            id="privacy.E009",
        )


def _undeletable(among: Registry, model: type[Model]) -> Iterator[Error]:
    """Foreign keys that would refuse a deletion. A part deleted beforehand with its whole refuses nothing any more."""
    for key in keys_to(model):
        part = among.declared(key.model)
        goes_first = isinstance(part, PersonalData) and part.part_of == key.name and not part.anonymised
        if key.remote_field.on_delete not in (CASCADE, SET_NULL) and not goes_first:
            yield Error(
                f"{model._meta.label} is deleted in time, but {key} would refuse it.",
                hint="Make that key CASCADE or SET_NULL, or declare its table as a part of this one.",
                obj=model,
                id="privacy.E010",
            )


def _deleted(among: Registry) -> set[type[Model]]:
    """The tables from which rows are deleted: by their own rule, as linked rows, or by a cascade from one of these."""
    found: set[type[Model]] = set()
    waiting = [model for table in among.tables() for model in _deleted_by(table)]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [key.model for key in keys_to(model) if key.remote_field.on_delete is CASCADE]
    return found


def _deleted_by(table: PersonalData) -> Iterator[type[Model]]:
    if not table.anonymised or any(rule.then is Then.DELETE for rule in table.rules):
        yield table.model
    for name, eraser in table.fields.items():
        field = _field(table.model, name)
        if _links(eraser) and field is not None and isinstance(field.related_model, type):
            yield field.related_model


def _links(eraser: object) -> bool:
    return isinstance(eraser, DeleteLinked)


def _has_period(retention: Retention) -> bool:
    try:
        return isinstance(retention.keep(), Period)
    except (AttributeError, TypeError):
        return False


def _whole_of(among: Registry, part: PersonalData) -> PersonalData | NoPersonalData | None:
    key = _field(part.model, part.part_of)
    model = key.related_model if key is not None else None
    return among.declared(model) if isinstance(model, type) else None


def _is_part_of_itself(among: Registry, table: PersonalData) -> bool:
    seen: set[type[Model]] = set()
    step: PersonalData | NoPersonalData | None = table
    while isinstance(step, PersonalData) and step.part_of:
        if step.model in seen:
            return True
        seen.add(step.model)
        step = _whole_of(among, step)
    return False


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


def _indexed(field: AnyField, given: Sequence[Q] = ()) -> bool:
    """Whether an index begins with this column. A partial one counts when the query is known to meet its condition."""
    if field.unique or getattr(field, "db_index", False):
        return True
    return any(
        index.fields and index.fields[0].lstrip("-") == field.name and index.condition in (None, *given)
        for index in field.model._meta.indexes
    )


def _automatic(field: AnyField) -> bool:
    return field.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}
