"""Each system check finds its own mistake, on tables made for the purpose; the real site makes none."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Model, Q
from django.test.utils import isolate_apps

from privacy import checks
from privacy.declarations import (
    Activity,
    Exempt,
    LegalBasis,
    NoPersonalData,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
)
from privacy.erasers import Blank, DeleteLinked, ToMonth
from privacy.periods import Period
from privacy.registry import Registry, column_of, registry, target_of

ACTIVITY = Activity(
    name="club", purpose="Playing", basis=LegalBasis.CONSENT, people="Members", recipients="The club's secretary"
)


NUMBERS = itertools.count(1)
"""No two tables made here have the same name."""


def a_month() -> Period:
    return Period(months=1)


def delete_after(clock: str, **more: Any) -> Retention:
    return Retention(clock=clock, keep=a_month, then=Then.DELETE, **more)


def anonymise_after(clock: str, **more: Any) -> Retention:
    return Retention(clock=clock, keep=a_month, then=Then.ANONYMISE, **more)


@pytest.fixture(autouse=True)
def _nothing_is_left_of_the_tables_made_here() -> Iterator[None]:
    with isolate_apps("tests.privacy"):
        yield


def made(name: str, /, *, options: dict[str, Any] | None = None, **columns: Any) -> type[Model]:
    meta = type("Meta", (), {"app_label": "privacy", **(options or {})})
    return type(f"{name}{next(NUMBERS)}", (Model,), {"__module__": __name__, "Meta": meta, **columns})


def member(**columns: Any) -> type[Model]:
    """A table that would be declared rightly by `declared`, with `columns` besides."""
    standard = {
        "name": models.CharField(max_length=50),
        "subject_key": models.CharField(max_length=73, db_index=True),
        "left_at": models.DateTimeField(null=True, db_index=True),
        "is_anonymised": models.BooleanField(default=False),
    }
    return made("Member", **{**standard, **columns})


def declared(model: type[Model], **changes: Any) -> PersonalData:
    standard: dict[str, Any] = {
        "activity": ACTIVITY,
        "fields": {"name": Blank(), "subject_key": Blank(), "left_at": ToMonth()},
        "not_personal": {"is_anonymised"},
        "person": Person(key="subject_key"),
        "retention": anonymise_after("left_at"),
    }
    return PersonalData(model=model, **{**standard, **changes})


def part_of(whole: type[Model], *, name: str = "Badge", column: Any = None, **changes: Any) -> PersonalData:
    key = column or models.ForeignKey(whole, on_delete=models.CASCADE)
    standard: dict[str, Any] = {
        "activity": ACTIVITY,
        "fields": {"member": Blank()},
        "part_of": "member",
        "retention": Exempt("Goes with its member."),
    }
    return PersonalData(model=made(name, member=key), **{**standard, **changes})


def found(*declarations: PersonalData | NoPersonalData, undeclared: tuple[type[Model], ...] = ()) -> list[str]:
    """The ids of the errors, without their prefix."""
    among = Registry()
    among.register(*declarations)
    walked = [*(declaration.model for declaration in declarations), *undeclared]
    return [str(error.id).removeprefix("privacy.") for error in checks.problems(among, walked)]


@pytest.mark.promise("P8.0")
def test_the_real_site_has_no_problem() -> None:
    errors = [str(error) for error in checks.declarations_are_complete(None)]

    assert errors == []


@pytest.mark.promise("P8.0")
@pytest.mark.django_db
def test_every_table_of_the_database_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "registry", Registry())

    walked = {error.obj._meta.db_table for error in checks.declarations_are_complete(None)}

    with connection.cursor() as cursor:
        assert walked == {*connection.introspection.table_names(cursor)} - {"django_migrations"}
    assert {"django_session", "customerlabs_staffmember_groups"} <= walked


def test_a_table_declared_rightly_has_no_problem() -> None:
    assert found(declared(member())) == []


@pytest.mark.promise("P8.0")
def test_e001_a_table_nobody_declared() -> None:
    assert found(undeclared=(member(),)) == ["E001"]


@pytest.mark.promise("P8.0")
def test_e002_a_column_nobody_declared() -> None:
    assert found(declared(member(nickname=models.TextField()))) == ["E002"]
    assert found(NoPersonalData(model=made("Ball", colour=models.TextField()), columns={}, because="Balls.")) == [
        "E002"
    ]


def test_e002_an_identifier_that_somebody_chose_is_a_column_like_another() -> None:
    assert found(
        declared(
            member(name=models.CharField(max_length=50, primary_key=True)),
            fields={"subject_key": Blank(), "left_at": ToMonth()},
        )
    ) == ["E002"]


def test_e003_a_declared_column_that_does_not_exist() -> None:
    fields = {"name": Blank(), "subject_key": Blank(), "left_at": ToMonth(), "nickname": Blank()}

    assert found(declared(member(), fields=fields)) == ["E003"]


def test_e004_a_column_declared_both_ways() -> None:
    assert found(declared(member(), not_personal={"is_anonymised", "name"})) == ["E004"]


@pytest.mark.parametrize("right", ["provided_by_subject", "rectifiable"])
def test_e004_a_right_over_a_column_that_is_not_personal(right: str) -> None:
    assert found(declared(member(), **{right: {"is_anonymised"}})) == ["E004"]


MISFITS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "a number that takes no NULL": lambda: (models.IntegerField(), Blank()),
    "a unique text": lambda: (models.CharField(max_length=50, unique=True), Blank()),
    "a file, which would stay": lambda: (models.FileField(null=True), Blank()),
    "a text cut to the month": lambda: (models.CharField(max_length=50), ToMonth()),
    "a unique date": lambda: (models.DateTimeField(unique=True), ToMonth()),
    "a link that is a text": lambda: (models.CharField(max_length=50), DeleteLinked()),
}


@pytest.mark.promise("P8.4")
@pytest.mark.parametrize("misfit", MISFITS)
def test_e005_an_eraser_that_cannot_empty_its_column(misfit: str) -> None:
    column, eraser = MISFITS[misfit]()
    fields = {"name": eraser, "subject_key": Blank(), "left_at": ToMonth()}

    assert found(declared(member(name=column), fields=fields)) == ["E005"]


@pytest.mark.promise("P8.4")
def test_e005_a_text_unique_together_with_another_column() -> None:
    together = {"constraints": [models.UniqueConstraint(fields=["name", "is_anonymised"], name="once")]}

    assert found(declared(member(), retention=anonymise_after("left_at"))) == []
    assert found(declared(member(Meta=type("Meta", (), {"app_label": "privacy", **together})))) == ["E005"]


def test_e005_a_deleted_row_needs_no_fitting_eraser() -> None:
    table = declared(member(name=models.IntegerField()), retention=delete_after("left_at"))

    assert found(table) == []


def test_e006_a_table_that_does_not_say_whose_its_rows_are() -> None:
    assert found(declared(member(), person=None)) == ["E006"]
    assert found(declared(member(), no_person_because="I also say nobody.")) == ["E006"]


@pytest.mark.promise("P8.4")
def test_e006_a_column_that_finds_a_person_and_would_stay() -> None:
    table = declared(
        member(), fields={"name": Blank(), "left_at": ToMonth()}, not_personal={"is_anonymised", "subject_key"}
    )

    assert found(table) == ["E006"]


def test_e006_a_key_without_an_index() -> None:
    assert found(declared(member(subject_key=models.CharField(max_length=73)))) == ["E006"]


def test_e006_a_language_that_is_no_column() -> None:
    assert found(declared(member(), person=Person(key="subject_key", language="tongue"))) == ["E006"]


def test_e006_a_part_of_what_is_no_foreign_key() -> None:
    assert found(part_of(member(), column=models.IntegerField(), retention=delete_after("member"))) == ["E006", "E008"]


def test_e006_a_part_of_a_table_without_personal_data() -> None:
    ball = made("Ball")

    assert found(NoPersonalData(model=ball, columns={}, because="Balls."), part_of(ball)) == ["E006"]


def test_e006_a_part_that_leads_to_its_whole_without_an_index() -> None:
    whole = member()
    key = models.ForeignKey(whole, on_delete=models.CASCADE, db_index=False)

    assert found(declared(whole), part_of(whole, column=key)) == ["E006"]


def test_e006_a_part_of_itself() -> None:
    key: Any = models.ForeignKey("self", on_delete=models.CASCADE)

    assert found(part_of(member(), column=key)) == ["E006"]


def test_e007_no_period_and_no_reason() -> None:
    assert found(declared(member(), retention=None)) == ["E007"]


@pytest.mark.parametrize("name", ["A_SETTING_NOBODY_MADE", "DEBUG"])
def test_e007_a_period_that_cannot_be_read(name: str) -> None:
    keep = Retention(clock="left_at", keep=setting(name), then=Then.DELETE)

    assert found(declared(member(), retention=keep)) == ["E007"]


@pytest.mark.parametrize("clock", ["name", "nothing", "name__nothing"])
def test_e008_a_clock_that_is_not_a_date(clock: str) -> None:
    assert found(declared(member(), retention=delete_after(clock))) == ["E008"]


def test_e008_a_clock_without_an_index() -> None:
    bare = {"left_at": models.DateTimeField(null=True)}

    assert found(declared(member(**bare))) == ["E008"]
    assert found(declared(member(**bare), retention=anonymise_after("left_at", indexed_by="elsewhere"))) == []
    assert found(declared(member(**bare), retention=anonymise_after("left_at", unindexed_because="Ten rows."))) == []


@pytest.mark.parametrize(
    ("fields", "condition", "errors"),
    [
        (["left_at"], None, []),
        (["-left_at", "name"], None, []),
        (["left_at"], Q(is_anonymised=False), []),
        (["left_at"], Q(name="Zoé"), ["E008"]),
        (["name", "left_at"], None, ["E008"]),
    ],
)
def test_e008_an_index_counts_when_the_purge_can_use_it(fields: list[str], condition: Any, errors: list[str]) -> None:
    indexes = [models.Index(fields=fields, condition=condition, name="by_date")]
    meta = type("Meta", (), {"app_label": "privacy", "indexes": indexes})

    assert found(declared(member(left_at=models.DateTimeField(null=True), Meta=meta))) == errors


def test_e008_a_clock_in_the_row_of_another_table() -> None:
    whole = member()

    assert found(declared(whole), part_of(whole, retention=delete_after("member__left_at"))) == []


def test_e009_nothing_to_mark_an_emptied_row_with() -> None:
    assert found(declared(member(), retention=anonymise_after("left_at", mark="gone"))) == ["E009"]
    assert found(declared(member(), retention=anonymise_after("left_at", mark="name"))) == ["E009"]


def test_e009_a_mark_that_would_itself_be_erased() -> None:
    fields = {"name": Blank(), "subject_key": Blank(), "left_at": ToMonth(), "is_anonymised": Blank()}
    table = declared(member(is_anonymised=models.BooleanField(null=True)), fields=fields, not_personal={})

    assert found(table) == ["E009"]


def test_e009_a_table_that_is_deleted_by_one_clock_and_anonymised_by_another() -> None:
    assert found(declared(member(), retention=delete_after("left_at"), also=[anonymise_after("left_at")])) == ["E009"]
    assert found(declared(member(), also=[delete_after("left_at")])) == []


REFUSING = [models.PROTECT, models.RESTRICT, models.DO_NOTHING]


def pointing_to(model: type[Model], on_delete: Any, **more: Any) -> NoPersonalData:
    key = models.ForeignKey(model, on_delete=on_delete, **more)
    return NoPersonalData(model=made("Ball", owner=key), columns={"owner"}, because="Balls.")


@pytest.mark.promise("P8.4")
@pytest.mark.parametrize("on_delete", REFUSING)
@pytest.mark.parametrize("reverse_name", ["balls", "+"])
def test_e010_a_foreign_key_that_would_refuse_the_deletion(on_delete: Any, reverse_name: str) -> None:
    model = member()
    ball = pointing_to(model, on_delete, related_name=reverse_name)

    assert found(declared(model, retention=delete_after("left_at")), ball) == ["E010"]


@pytest.mark.parametrize(("on_delete", "null"), [(models.CASCADE, False), (models.SET_NULL, True)])
def test_e010_a_foreign_key_that_follows_is_right(on_delete: Any, null: bool) -> None:
    model = member()

    assert found(declared(model, retention=delete_after("left_at")), pointing_to(model, on_delete, null=null)) == []


def test_e010_a_row_that_stays_may_be_pointed_to() -> None:
    model = member()

    assert found(declared(model), pointing_to(model, models.PROTECT)) == []


def test_e010_a_refusal_behind_a_cascade() -> None:
    model = member()
    bag = made("Bag", member=models.ForeignKey(model, on_delete=models.CASCADE))
    between = NoPersonalData(model=bag, columns={"member"}, because="Bags.")

    table = declared(model, retention=delete_after("left_at"))

    assert found(table, between, pointing_to(bag, models.PROTECT)) == ["E010"]


def test_e010_a_part_goes_first_and_refuses_nothing() -> None:
    whole = member()
    key = models.ForeignKey(whole, on_delete=models.PROTECT)

    assert found(declared(whole, retention=delete_after("left_at")), part_of(whole, column=key)) == []


def test_e010_a_part_that_is_only_anonymised_still_refuses() -> None:
    whole = member()
    part = made(
        "Badge",
        member=models.ForeignKey(whole, on_delete=models.PROTECT),
        issued_at=models.DateTimeField(db_index=True),
        is_anonymised=models.BooleanField(),
    )
    badge = PersonalData(
        model=part,
        activity=ACTIVITY,
        part_of="member",
        fields={"issued_at": ToMonth()},
        not_personal={"member", "is_anonymised"},
        retention=anonymise_after("issued_at"),
    )

    assert found(declared(whole, retention=delete_after("left_at")), badge) == ["E010"]


def test_e010_a_linked_row_that_something_else_holds() -> None:
    consent = made("Consent")
    model = member(consent=models.ForeignKey(consent, null=True, on_delete=models.SET_NULL))
    fields = {"name": Blank(), "subject_key": Blank(), "left_at": ToMonth(), "consent": DeleteLinked()}
    consents = NoPersonalData(model=consent, columns={}, because="A test.")

    assert found(declared(model, fields=fields), consents) == []
    assert found(declared(model, fields=fields), consents, pointing_to(consent, models.PROTECT)) == ["E010"]


def test_a_table_is_declared_once() -> None:
    among, model = Registry(), member()
    among.register(declared(model))

    with pytest.raises(ValueError, match="is declared twice"):
        among.register(declared(model))


def _columns_looked_up() -> Iterator[Any]:
    """What the purge and an erasure look up in the real tables: (table, column, name of the index or "")."""
    for table in registry.tables():
        if isinstance(table.retention, Retention) and not table.retention.unindexed_because:
            yield pytest.param(
                table.model, table.retention.clock, table.retention.indexed_by, id=f"{table.label} clock"
            )
        if table.person is not None and table.person.key:
            yield pytest.param(table.model, table.person.key, "", id=f"{table.label} person")
        if table.part_of:
            yield pytest.param(table.model, table.part_of, "", id=f"{table.label} whole")


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column", "named"), [*_columns_looked_up()])
def test_the_database_has_an_index_for_what_is_looked_up(model: type[Model], column: str, named: str) -> None:
    *path, last = column.split("__")
    for name in path:
        model = target_of(model, name)

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT index.relname FROM pg_index
               JOIN pg_class AS index ON index.oid = indexrelid
               JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
               WHERE indrelid = %s::regclass AND attname = %s AND indisvalid""",
            [model._meta.db_table, column_of(model, last).column],
        )
        names = {name for (name,) in cursor.fetchall()}

    assert names
    assert not named or named in names
