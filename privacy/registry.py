"""Every declaration of every app in one place: which tables hold personal data, which rows are this person's."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Field, ForeignKey, ForeignObjectRel, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

from privacy.declarations import Activity, HeldOutside, NoPersonalData, PersonalData, Purpose
from privacy.erasers import AnyField
from privacy.subjects import normalise, subject_keys
from privacy.trackers import Tracker


class Registry:
    """The declarations, in the order they were made. One stands for the site: `privacy.registry.registry`."""

    def __init__(self) -> None:
        self._trackers: dict[str, Tracker] = {}
        self.purposes: dict[str, Purpose] = {}
        self._by_model: dict[type[Model], PersonalData | NoPersonalData] = {}
        self.outside: list[HeldOutside] = []

    def register(self, *declarations: PersonalData | NoPersonalData) -> None:
        """Raises ValueError when a table is declared twice."""
        for declaration in declarations:
            if declaration.model in self._by_model:
                raise ValueError(f"{declaration.label} is declared twice.")
            self._by_model[declaration.model] = declaration

    def register_outside(self, *declarations: HeldOutside) -> None:
        """What is held of people outside the database."""
        self.outside += declarations

    def register_purposes(self, *purposes: Purpose) -> None:
        """Raises ValueError when a name is taken."""
        for purpose in purposes:
            if purpose.name in self.purposes:
                raise ValueError(f"The purpose {purpose.name} is registered twice.")
            self.purposes[purpose.name] = purpose

    def register_trackers(self, *trackers: Tracker) -> None:
        """Raises ValueError when a name is declared twice."""
        for tracker in trackers:
            if tracker.name in self._trackers:
                raise ValueError(f"The tracker {tracker.name} is declared twice.")
            self._trackers[tracker.name] = tracker

    @property
    def declarations(self) -> tuple[object, ...]:
        """Everything that was declared, of each kind: what is made of it is made of these."""
        return (*self._by_model.values(), *self.outside, *self.purposes.values(), *self._trackers.values())

    @property
    def trackers(self) -> list[Tracker]:
        """What this site may leave in a browser, as it is set up."""
        return [tracker for tracker in self._trackers.values() if tracker.purpose.in_use()]

    @property
    def all_trackers(self) -> list[Tracker]:
        """Those of purposes that are not in use, too: one may still lie in a browser."""
        return list(self._trackers.values())

    def declared(self, model: type[Model]) -> PersonalData | NoPersonalData | None:
        return self._by_model.get(model)

    def table(self, model: type[Model]) -> PersonalData:
        """The declaration of a table that holds personal data. Raises TypeError for another."""
        declaration = self.declared(model)
        if not isinstance(declaration, PersonalData):
            raise TypeError(f"{model._meta.label} is not declared to hold personal data.")
        return declaration

    def tables(self) -> list[PersonalData]:
        """The tables that hold personal data."""
        return [table for table in self._by_model.values() if isinstance(table, PersonalData)]

    def parts_of(self, model: type[Model]) -> list[PersonalData]:
        """The tables whose rows are parts of this one's, found and emptied with them."""
        return [table for table in self.tables() if table.part_of and self.whole_of(table) is model]

    def whole_of(self, part: PersonalData) -> type[Model]:
        return target_of(part.model, part.part_of)

    def held_on(self, model: type[Model]) -> list[tuple[PersonalData, str]]:
        """The tables whose rows rest on a row of this one, its parts apart: each with its foreign key's name."""
        pointing = [(self.declared(key.model), key.name) for key in keys_to(model)]
        return [(table, name) for table, name in pointing if isinstance(table, PersonalData) and table.part_of != name]

    def activity(self, name: str) -> Activity:
        """Raises KeyError when no table is held for an activity of this name."""
        for table in self.tables():
            if table.activity.name == name:
                return table.activity
        raise KeyError(name)

    def rows_about(self, address: str) -> Iterator[tuple[PersonalData, QuerySet[Any]]]:
        """Each table with this person's rows in it, parts after their wholes; tables without a locator are left out."""
        for table in self.tables():
            rows = self.rows_in(table, address)
            if rows is not None:
                yield table, rows

    def rows_under(
        self, keys: Collection[str], more: Mapping[str, Collection[str]] | None = None
    ) -> Iterator[tuple[PersonalData, QuerySet[Any]]]:
        """As rows_about, where nothing is known of a person but their subject keys; in some tables they have `more`."""
        for table in self.tables():
            rows = self._rows_keyed(table, {*keys, *(more or {}).get(table.label, ())})
            if rows is not None:
                yield table, rows

    def _rows_keyed(self, table: PersonalData, keys: Collection[str]) -> QuerySet[Any] | None:
        """A table that knows people by address alone is read to its end, and each address compared by its keys."""
        rows = table.model._base_manager.all()
        if table.part_of:
            whole = self.declared(self.whole_of(table))
            of_whole = self._rows_keyed(whole, keys) if isinstance(whole, PersonalData) else None
            return None if of_whole is None else rows.filter(**{f"{table.part_of}__in": of_whole})
        if table.person is None:
            return None
        meant = {key for key in keys if key}
        if table.person.key:
            return rows.filter(**{f"{table.person.key}__in": meant})
        known = rows.values_list("pk", table.person.address).iterator(chunk_size=1000)
        return rows.filter(
            pk__in=[pk for pk, address in known if address and meant.intersection(subject_keys(address))]
        )

    def rows_in(self, table: PersonalData, address: str) -> QuerySet[Any] | None:
        """This person's rows in one table, or None when the table has no way to tell.

        Without an address nobody is meant: rows whose own address is empty are not somebody's.
        """
        rows = table.model._base_manager.all()
        if not address.strip():
            rows = rows.none()
        if table.part_of:
            whole = self.declared(self.whole_of(table))
            of_whole = self.rows_in(whole, address) if isinstance(whole, PersonalData) else None
            return None if of_whole is None else rows.filter(**{f"{table.part_of}__in": of_whole})
        if table.person is None:
            return None
        if table.person.key:
            return rows.filter(**{f"{table.person.key}__in": subject_keys(address)})
        column = table.person.address
        return rows.filter(Q(**{f"{column}__iexact": address.strip()}) | Q(**{f"{column}__iexact": normalise(address)}))


def column_of(model: type[Model], path: str) -> AnyField:
    """A declared column, or the one a path of foreign keys leads to (`consent__ended_at`).

    The system checks have seen that it is one.
    """
    name, _, rest = path.partition(LOOKUP_SEP)
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{model._meta.label}.{name} is not a column.")
    return column_of(target_of(model, name), rest) if rest else field


def target_of(model: type[Model], name: str) -> type[Model]:
    """The model a foreign key leads to. Raises TypeError when the column is no foreign key."""
    related = column_of(model, name).related_model
    if not isinstance(related, type):
        raise TypeError(f"{model._meta.label}.{name} is not a foreign key.")
    return related


def keys_to(model: type[Model]) -> list["ForeignKey[Any, Any]"]:
    """The foreign keys of other tables that point to this one, those without a reverse name too."""
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and isinstance(relation.field, ForeignKey)
    ]


registry = Registry()
register = registry.register
register_purposes = registry.register_purposes
register_trackers = registry.register_trackers
