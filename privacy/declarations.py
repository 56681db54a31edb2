"""What an app says about the personal data it holds, beside the table that holds it.

Frozen dataclasses, no logic but their own validation. An app registers them in its `personal_data.py`; everything
else (erasure, export, retention, the record of processing activities) is read from them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.erasers import Eraser
from privacy.periods import Period


def always() -> bool:
    return True


class LegalBasis(TextChoices):
    """The grounds of GDPR Art. 6(1) this site relies on."""

    CONSENT = "6(1)(a)", _("your consent (GDPR Art. 6(1)(a))")
    LEGAL_OBLIGATION = "6(1)(c)", _("a legal obligation (GDPR Art. 6(1)(c))")
    LEGITIMATE_INTEREST = "6(1)(f)", _("our legitimate interest (GDPR Art. 6(1)(f))")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A processing activity (GDPR Art. 30): why data is held, on what basis, whose it is, who receives it.

    `security` names what protects this activity's data beyond what protects all of it (Art. 30(1)(g), Art. 32).
    One that is not `in_use` here is not told of; what an earlier use left is kept no longer than declared all the same.
    """

    name: str
    purpose: StrOrPromise
    basis: LegalBasis
    people: StrOrPromise
    recipients: StrOrPromise
    security: Sequence[StrOrPromise] = ()
    in_use: Callable[[], bool] = always


@dataclass(frozen=True, kw_only=True)
class HeldOutside:
    """What an activity holds of people outside the database, in words for the record and the policy (Art. 30).

    No rule of the purge reaches it: `keep` is the period after which whoever makes it deletes it, counted from `clock`.
    """

    activity: Activity
    what: StrOrPromise
    columns: Sequence[StrOrPromise]
    clock: StrOrPromise
    keep: Callable[[], Period]


class KeptGround(TextChoices):
    """The grounds of GDPR Art. 17(3) on which data is kept although its person wants it erased."""

    EXPRESSION = "17(3)(a)", _("freedom of expression and information (GDPR Art. 17(3)(a))")
    LEGAL_OBLIGATION = "17(3)(b)", _("a legal obligation (GDPR Art. 17(3)(b))")
    PUBLIC_HEALTH = "17(3)(c)", _("public health (GDPR Art. 17(3)(c))")
    ARCHIVES = "17(3)(d)", _("archiving, research or statistics (GDPR Art. 17(3)(d))")
    CLAIMS = "17(3)(e)", _("the establishment, exercise or defence of legal claims (GDPR Art. 17(3)(e))")


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """How a consent is taken back (GDPR Art. 7(3), P5.6), in words for its person.

    `title` names the purpose, `wording` is what they say by pressing the button (kept as proof), `erases` what goes at
    once. `together`: one person's consents to this purpose are withdrawn all at once, as one subscription is.
    `proof_stays`: the proof outlives what was held, for settings.CONSENT_PROOF_RETENTION.
    """

    title: StrOrPromise
    wording: StrOrPromise
    erases: StrOrPromise
    together: bool = False
    proof_stays: bool = False


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a person says yes to, in the exact words beside the box. The words shown are kept as proof (Art. 7(1)).

    A row held on such a consent alone has a foreign key to it: that is how a withdrawal finds what to erase.
    `is_marketing`: an objection to marketing ends it (Art. 21(2)).
    """

    name: str
    wording: StrOrPromise
    withdrawal: Withdrawal
    is_marketing: bool = False


NOBODY = Q(pk__in=[])
"""For `Person.told`: of this table, no row's address is written to unasked."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """How a row is known to be somebody's: by a subject key, or by an address where the table has no such column.

    `key` and `address` are column names; one of them is enough. `told` says which rows' addresses may be written to
    unasked, when the policy changes: not one that nobody has proved theirs yet.
    """

    key: str = ""
    address: str = ""
    language: str = ""
    told: Q = field(default_factory=Q)

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
    migration of ours adds to somebody else's table. Rows of a table that goes `in_order` go the oldest first: none
    is ever gone while an older one stays, and of two workers one waits for the other.
    """

    clock: str
    keep: Callable[[], Period]
    then: Then
    said: StrOrPromise = ""
    mark: str = "is_anonymised"
    indexed_by: str = ""
    unindexed_because: str = ""
    in_order: bool = False


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What an erasure leaves in place until its period ends, on a ground that its person is told (GDPR Art. 17(3)).

    `clock` is a date column that an erasure sets where it is empty, so that the last period begins; empty for none.
    """

    ground: KeptGround
    because: StrOrPromise
    clock: str = ""


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
    - `accompanies`: gives this table's rows that speak of some records of another table (of any of them, for None),
      where there is no foreign key. They are deleted when those records are emptied.
    - `retention`: the period of every row; `also`: other clocks, each of which ends the rows it is set on.
    - `settled`: columns that are not personal, and what an emptied row says in them (an erased request is closed).
    - `kept`: an erasure leaves these rows until their period ends, and says why. The purge takes them in time.
    - `provided_by_subject` (Art. 20) and `rectifiable` (Art. 16) name columns of `fields`.
    - `free_text` names those in which somebody else may be named: the officer looks at them before a copy leaves.
    - `secret` names those that never leave, not even to their person: a password's hash.
    - `left_out_of_backups`: no backup holds its rows, so that they end when they end. No other table's key leads here.
    """

    model: type[Model]
    activity: Activity
    fields: Mapping[str, Eraser]
    not_personal: Collection[str] = ()
    person: Person | None = None
    no_person_because: str = ""
    part_of: str = ""
    accompanies: "Callable[[type[Model], Iterable[Any] | None], QuerySet[Any]] | None" = None
    provided_by_subject: Collection[str] = ()
    rectifiable: Collection[str] = ()
    free_text: Collection[str] = ()
    secret: Collection[str] = ()
    retention: Retention | Exempt | None = None
    also: Sequence[Retention] = ()
    settled: Mapping[str, Eraser] = field(default_factory=dict)
    kept: Kept | None = None
    left_out_of_backups: bool = False

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
