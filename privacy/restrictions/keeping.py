"""Which rows are restricted, as a condition in SQL: lists, mailings, services, the purge and the eraser write it in.

What its person agreed to after a restriction was placed is their later wish, and is not under it: somebody who writes
again wants an answer (GDPR Art. 18(2)). Placing one takes the lock of the holds alone, so that no purge goes on beside
it (privacy/holds/keeping.py).
"""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from privacy.consents.models import Consent
from privacy.declarations import PersonalData
from privacy.holds.keeping import is_held
from privacy.holds.models import Hold
from privacy.registry import Registry, registry
from privacy.restrictions.models import ASKED_TO_KEEP, RestrictedRows, Restriction, standing

Rows = TypeVar("Rows", bound=QuerySet[Any])


def usable(table: PersonalData, rows: Rows, among: Registry = registry) -> Rows:
    """Of these rows of a declared table, those that may be used: no restriction covers them (P5.4)."""
    return rows.filter(~is_restricted(table, among))


def usable_of_one(table: PersonalData, rows: Rows, among: Registry = registry) -> Rows:
    """The same for the rows of one person, who waits for the page: the database's own function is asked row by row.

    Building and planning the condition takes longer than all other statements of a form together. For a table with a
    subject key that is part of no other.
    """
    if table.part_of or not (table.person and table.person.key):
        raise ValueError(f"{table.label} has no subject key of its own.")
    consent = consent_of(table, among)
    return rows.filter(
        ~Func(
            Value(table.label),
            Cast("pk", TextField()),
            F(table.person.key),
            F(f"{consent}_id") if consent else Value(None, output_field=BigIntegerField()),
            function="privacy_is_restricted",
            output_field=BooleanField(),
        )
    )


def purgeable(
    table: PersonalData, rows: Rows, among: Registry = registry, kinds: Collection[str] | None = None
) -> Rows:
    """Of these rows, those that the purge may take: neither a hold keeps them nor a restriction covers them.

    Without any in force the rows come back as they are, for one look at two small tables; none for who has looked.
    """
    kinds = in_force() if kinds is None else kinds
    if "hold" in kinds:
        rows = rows.filter(~is_held(table, among))
    return usable(table, rows, among) if "restriction" in kinds else rows


def in_force() -> set[str]:
    """Whether any hold stands, and any restriction: “hold”, “restriction”, both or neither, in one statement."""
    holds = Hold.objects.standing().values_list(Value("hold", output_field=CharField()), flat=True)[:1]
    restrictions = Restriction.objects.standing().values_list(
        Value("restriction", output_field=CharField()), flat=True
    )[:1]
    return set(holds.union(restrictions, all=True))


def erasable(table: PersonalData, rows: Rows, among: Registry = registry) -> Rows:
    """Of these rows, those that go when their person wants them gone: not what they asked to have kept."""
    if not Restriction.objects.standing().filter(ground__in=ASKED_TO_KEEP).exists():
        return rows
    return rows.filter(~is_restricted(table, among, grounds=ASKED_TO_KEEP))


def is_restricted(table: PersonalData, among: Registry = registry, path: str = "", grounds: Collection[str] = ()) -> Q:
    """The condition that a restriction covers a row: its person's, its purpose's, its own, or that of its whole.

    `path` leads to the row from the one the query is about; `grounds` are those that count, all when empty.
    """
    covered = RestrictedRows.objects.filter(standing("restriction__"))
    if grounds:
        covered = covered.filter(restriction__ground__in=grounds)
    record = Cast(OuterRef(f"{path}pk"), CharField())
    condition = Q(Exists(covered.filter(table=table.label, record_id=record)))
    if table.person and table.person.key:
        # Emptied rows have no key: that is nobody's.
        theirs = covered.exclude(subject_key="").filter(subject_key=OuterRef(path + table.person.key))
        condition |= Q(Exists(_of_this(table, theirs, among, path)))
    if table.part_of:
        whole = among.declared(among.whole_of(table))
        if isinstance(whole, PersonalData):
            condition |= is_restricted(whole, among, f"{path}{table.part_of}__", grounds)
    return condition


def _of_this(table: PersonalData, theirs: QuerySet[Any], among: Registry, path: str) -> QuerySet[Any]:
    """Narrowed to this table, and to the purpose and the date of the consent its row stands on."""
    theirs = theirs.filter(table__in=["", table.label])
    consent = consent_of(table, among)
    if not consent:
        return theirs.filter(purpose="")
    agreed = Consent.objects.filter(pk=OuterRef(OuterRef(path + consent)))
    theirs = theirs.filter(Q(purpose="") | Exists(agreed.filter(purpose=OuterRef("purpose"))))
    return theirs.filter(~Exists(agreed.filter(given_at__gt=OuterRef("restriction__placed_at"))))


def consent_of(table: PersonalData, among: Registry = registry) -> str:
    """The foreign key to the consent that a row of this table is held on; empty for a table without one."""
    return next((name for held, name in among.held_on(Consent) if held is table), "")


def restrictions_on(
    table: PersonalData, keys: Sequence[Any], among: Registry = registry, grounds: Collection[str] = ()
) -> list[Restriction]:
    """The restrictions that cover these rows, for telling their person, or the officer, on what ground."""
    rows = RestrictedRows.objects.filter(standing("restriction__"))
    if grounds:
        rows = rows.filter(restriction__ground__in=grounds)
    on = Q(table=table.label, record_id__in=[str(key) for key in keys])
    if table.person and table.person.key:
        persons = table.model._base_manager.filter(pk__in=keys).exclude(**{table.person.key: ""})
        on |= Q(subject_key__in=persons.values(table.person.key), table__in=["", table.label])
    return list(Restriction.objects.filter(pk__in=rows.filter(on).values("restriction")).order_by("pk"))


def restricted_keys(keys: Collection[str]) -> set[str]:
    """Of these people, those all of whose data is restricted: they are told of nothing until it is lifted (P12.2)."""
    rows = RestrictedRows.objects.filter(standing("restriction__"), subject_key__in=keys, table="")
    return set(rows.values_list("subject_key", flat=True))
