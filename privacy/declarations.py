"""What an app says about the personal data it holds, beside the table that holds it.

Frozen dataclasses, no logic but their own validation. An app registers them in its `personal_data.py`; everything
else (erasure, export, retention, the record of processing activities) is read from them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Model, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.erasers import Eraser
from privacy.periods import Period

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
else:
    StrOrPromise = str | Promise


class LegalBasis(TextChoices):
    """The grounds of GDPR Art. 6(1) this site relies on."""

    CONSENT = "6(1)(a)", _("your consent (GDPR Art. 6(1)(a))")
    LEGAL_OBLIGATION = "6(1)(c)", _("a legal obligation (GDPR Art. 6(1)(c))")
    LEGITIMATE_INTEREST = "6(1)(f)", _("our legitimate interest (GDPR Art. 6(1)(f))")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A processing activity (GDPR Art. 30): why data is held, on what basis, whose it is, who receives it."""

    name: str
    purpose: StrOrPromise
    basis: LegalBasis
    people: StrOrPromise
    recipients: StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a person says yes to, in the exact words beside the box. The words shown are kept as proof (Art. 7(1))."""

    name: str
    wording: StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """A cookie this site may set (P11.6, P11.7). `life` is None for one that ends with the browser's session."""

    name: str
    what_for: StrOrPromise
    life: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """How a row is known to be somebody's: by a subject key, or by an address where the table has no such column.

    `key` and `address` are column names; one of them is enough.
    """

    key: str = ""
    address: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if not self.key and not self.address:
            raise ValueError("A person is found by a key or by an address: name at least one column.")


class Then(Enum):
    """What happens to a row whose time has come (P8.4)."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


def setting(name: str) -> Callable[[], Period]:
    """The period a setting holds, read when it is needed."""

    def keep() -> Period:
        period = getattr(settings, name)
        if not isinstance(period, Period):
            raise TypeError(f"settings.{name} is not a Period.")
        return period

    keep.__name__ = name
    return keep


def when_it_comes() -> Period:
    """No period: the clock is itself the end, a date set beforehand."""
    return Period()


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows are kept (P8.0): from `clock`, a date column in UTC, for the calendar period `keep()`.

    `said` is how the reader is told, with %(period)s for the period in words. `ANONYMISE` marks the row in the boolean
    column `mark`. A clock without an index needs `unindexed_because`, or `indexed_by`, the name of an index that a
    migration of ours adds to somebody else's table.
    """

    clock: str
    keep: Callable[[], Period]
    then: Then
    said: StrOrPromise = ""
    mark: str = "is_anonymised"
    indexed_by: str = ""
    unindexed_because: str = ""


@dataclass(frozen=True)
class Exempt:
    """No period of its own, for a stated reason: a legal ground, or another row that takes this one with it."""

    because: StrOrPromise

    def __post_init__(self) -> None:
        if not self.because:
            raise ValueError("An exemption from retention states its reason.")


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """A table that holds personal data: each column, whose it is, how long it stays, how it is emptied.

    - `fields`: personal columns, each with what erases it; `not_personal`: all the others. An automatic primary key
      may be left out.
    - `person`: how to find somebody's rows, or `no_person_because`.
    - `part_of`: the foreign key to the declared row this one is a part of. Parts are found and emptied with it.
    - `accompanies`: gives this table's rows that speak of some records of another table, where there is no foreign
      key. They are deleted when those records are emptied.
    - `retention`: the period of every row; `also`: other clocks, each of which ends the rows it is set on.
    - `provided_by_subject` (Art. 20) and `rectifiable` (Art. 16) name columns of `fields`.
    """

    model: type[Model]
    activity: Activity
    fields: Mapping[str, Eraser]
    not_personal: Collection[str] = ()
    person: Person | None = None
    no_person_because: str = ""
    part_of: str = ""
    accompanies: "Callable[[type[Model], Sequence[Any]], QuerySet[Any]] | None" = None
    provided_by_subject: Collection[str] = ()
    rectifiable: Collection[str] = ()
    retention: Retention | Exempt | None = None
    also: Sequence[Retention] = ()

    @property
    def label(self) -> str:
        """The table's name as runs and counts write it: `contact.contactrequest`."""
        return self.model._meta.label_lower

    @property
    def columns(self) -> set[str]:
        return {*self.fields, *self.not_personal}

    @property
    def rules(self) -> tuple[Retention, ...]:
        """Every period there is, the main one first."""
        main = (self.retention,) if isinstance(self.retention, Retention) else ()
        return (*main, *self.also)

    @property
    def anonymised(self) -> bool:
        """Whether a row outlives its person, emptied; otherwise it is deleted."""
        return isinstance(self.retention, Retention) and self.retention.then is Then.ANONYMISE


@dataclass(frozen=True, kw_only=True)
class NoPersonalData:
    """A table that holds nothing about anybody, column by column, and why that is so."""

    model: type[Model]
    columns: Collection[str]
    because: str
    label: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if not self.because:
            raise ValueError("A table without personal data states why.")
        object.__setattr__(self, "label", self.model._meta.label_lower)
