"""From the declarations alone: a person's rows are found, listed, erased and anonymised, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import DateTimeField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ContactRequest
from customerlabs.models import StaffMember
from privacy import erasure
from privacy.declarations import PersonalData
from privacy.erasers import DeleteLinked
from privacy.erasure import empty, erase_person
from privacy.letters import kinds
from privacy.models import Letter
from privacy.registry import column_of, registry
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.subjects import subject_key
from tests.privacy.planting import PLANTED, Canary, database, found_in_database, tables_of_somebody

pytestmark = pytest.mark.django_db

each_table_of_somebody = pytest.mark.parametrize(
    "table", [pytest.param(table, id=table.label) for table in tables_of_somebody()]
)
each_table = pytest.mark.parametrize("table", [pytest.param(table, id=table.label) for table in registry.tables()])
each_anonymised_table = pytest.mark.parametrize(
    "table", [pytest.param(table, id=table.label) for table in registry.tables() if table.anonymised]
)


def keys_of(table: PersonalData, address: str) -> list[Any]:
    rows = registry.rows_in(table, address)
    assert rows is not None
    return list(rows.values_list("pk", flat=True))


@each_table_of_somebody
def test_somebodys_rows_are_found_and_nobody_elses(table: PersonalData) -> None:
    somebody, other = Canary.new(), Canary.new()

    theirs, others = somebody.plant(table), other.plant(table)

    assert theirs.pk in keys_of(table, somebody.address)
    assert theirs.pk in keys_of(table, f"  {somebody.address.upper()} ")
    assert others.pk not in keys_of(table, somebody.address)


@pytest.mark.parametrize("table", [pytest.param(t, id=t.label) for t in registry.tables() if t.person and t.person.key])
def test_rows_under_an_older_key_are_found_too(table: PersonalData, settings: Any) -> None:
    somebody = Canary.new()
    old = somebody.plant(table)
    settings.SUBJECT_KEYS = ["a newer key", *settings.SUBJECT_KEYS]

    new = somebody.plant(table)

    assert {old.pk, new.pk} <= set(keys_of(table, somebody.address))
    assert subject_key(somebody.address) != getattr(old, table.person.key if table.person else "")


def test_rows_under_a_key_that_has_left_the_ring_are_lost(settings: Any) -> None:
    somebody, table = Canary.new(), registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    somebody.plant(table)

    settings.SUBJECT_KEYS = ["a newer key"]

    assert keys_of(table, somebody.address) == []


def test_a_staff_account_is_found_however_its_domain_is_written() -> None:
    table = registry.declared(StaffMember)
    assert isinstance(table, PersonalData)
    member = StaffMember.objects.create_user("Zoé@Münster.example")

    assert keys_of(table, "zoé@münster.example") == [member.pk]


def test_everything_held_about_a_person_is_listed() -> None:
    somebody, other = Canary.new(), Canary.new()
    somebody.plant_everywhere()
    other.plant_everywhere()

    found = registry.rows_about(somebody.address)
    listed = [(table, values) for table, rows in found for values in rows.values(*table.fields)]

    assert {table.label for table, _ in listed} == {table.label for table in tables_of_somebody()}
    told = " ".join(str(value) for _, values in listed for value in values.values())
    assert [trace for trace in somebody.traces if trace not in told] == []
    assert [trace for trace in other.traces if trace in told] == []


KEPT = tuple(f"{table.model._meta.db_table} " for table in registry.tables() if table.kept)


def test_an_erased_person_is_nowhere_but_in_what_is_kept_on_a_ground_for_a_time() -> None:
    somebody = Canary.new()
    somebody.plant_everywhere()
    assert found_in_database(somebody.traces)

    erase_person(somebody.address)
    kept = found_in_database(somebody.traces)
    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=365 * 6))

    assert {row.partition(" ")[0] + " " for row in kept} == set(KEPT)
    assert somebody.address not in " ".join(kept)
    assert found_in_database(somebody.traces) == []


@pytest.mark.parametrize("table", [pytest.param(t, id=t.label) for t in registry.tables() if t.kept])
def test_what_an_erasure_keeps_has_a_ground_and_an_end(table: PersonalData) -> None:
    somebody = Canary.new()
    clock = table.kept.clock if table.kept else ""
    row = somebody.plant(table, **({clock: None} if clock else {}))

    erase_person(somebody.address)

    row.refresh_from_db()
    assert table.kept is not None
    assert str(table.kept.because)
    assert not clock or getattr(row, clock) is not None


def test_erasing_one_person_leaves_another_untouched() -> None:
    other = Canary.new()
    other.plant_everywhere()
    before = set(database())
    somebody = Canary.new()
    somebody.plant_everywhere()

    erase_person(somebody.address)

    assert before <= set(database())


def test_erasing_a_person_again_changes_nothing() -> None:
    somebody = Canary.new()
    somebody.plant_everywhere()
    erase_person(somebody.address)
    before = list(database())

    again = erase_person(somebody.address)

    assert not +again
    assert list(database()) == before


def test_erasing_nobody_changes_nothing() -> None:
    Canary.new().plant_everywhere()
    before = list(database())

    erase_person("nobody@example.com")

    assert list(database()) == before


@pytest.mark.parametrize("number", [2, 3, 4])
def test_an_erasure_goes_on_past_one_batch(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    somebody, table = Canary.new(), registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    for _ in range(number):
        somebody.plant(table)

    erase_person(somebody.address)

    assert found_in_database(somebody.traces) == []


def count_statements(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"].partition(" ")[0] for query in captured.captured_queries]


@each_table
def test_the_number_of_statements_does_not_grow_with_the_rows(table: PersonalData) -> None:
    def empty_rows(number: int) -> list[str]:
        keys = [Canary.new().plant(table).pk for _ in range(number)]
        with transaction.atomic():
            return count_statements(lambda: empty(table, keys))

    empty_rows(1)  # Content types are looked up once for all.

    assert empty_rows(1) == empty_rows(4)


@pytest.mark.parametrize("label", ["privacy.consent", "customerlabs.staffmember"])
def test_hundreds_of_rows_that_others_point_to_are_deleted_in_one_statement(label: str) -> None:
    table = next(table for table in registry.tables() if table.label == label)
    keys = [Canary.new().plant(table).pk for _ in range(101)]

    with transaction.atomic():
        statements = count_statements(lambda: empty(table, keys))

    assert not table.model._base_manager.filter(pk__in=keys).exists()
    assert len(statements) < 40


@each_table
def test_emptying_nothing_asks_the_database_nothing(table: PersonalData) -> None:
    assert count_statements(lambda: empty(table, [])) == []


@pytest.mark.promise("P8.4")
@each_anonymised_table
def test_an_anonymised_row_cannot_be_traced_back(table: PersonalData) -> None:
    somebody = Canary.new()
    row = somebody.plant(table)

    with transaction.atomic():
        empty(table, [row.pk])

    row.refresh_from_db()
    assert getattr(row, table.rules[0].mark) is True
    for name in table.fields:
        assert getattr(row, name) in (None, "", False, datetime(2026, 2, 1, tzinfo=UTC)), name
    assert found_in_database(somebody.traces) == []


@pytest.mark.promise("P8.4")
@each_anonymised_table
def test_no_exact_date_stays_in_an_anonymised_table(table: PersonalData) -> None:
    kept = [name for name in table.not_personal if isinstance(column_of(table.model, name), DateTimeField)]

    assert kept == []


@pytest.mark.promise("P8.4")
@each_anonymised_table
def test_an_emptied_row_takes_its_linked_rows_along(table: PersonalData) -> None:
    row = Canary.new().plant(table)
    linked = [getattr(row, name) for name, eraser in table.fields.items() if isinstance(eraser, DeleteLinked)]

    with transaction.atomic():
        empty(table, [row.pk])

    assert not any(type(one)._base_manager.filter(pk=one.pk).exists() for one in linked)


@pytest.mark.promise("P8.4")
@each_table
def test_letters_and_log_lines_about_a_record_go_with_it(table: PersonalData, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, stays = Canary.new().plant(table), Canary.new().plant(table)
    kind = kinds.LetterKind(name="tests.letter", model=table.model, compose=lambda record: None)
    if isinstance(gone.pk, int):
        monkeypatch.setitem(kinds._kinds, kind.name, kind)
    staff = StaffMember.objects.create_user("ana@example.com")
    meta = table.model._meta
    here, _ = ContentType.objects.get_or_create(app_label=meta.app_label, model=meta.model_name)
    for row in (gone, stays):
        line = {"user": staff, "content_type": here, "action_flag": CHANGE, "object_repr": "a line"}
        LogEntry.objects.create(**line, object_id=str(row.pk))
        if isinstance(row.pk, int):
            letter = {"kind": kind.name, "created_at": PLANTED, "due_at": PLANTED, "subject_key": "somebody"}
            Letter.objects.create(**letter, record_id=row.pk)

    with transaction.atomic():
        empty(table, [gone.pk])

    lines = LogEntry.objects.filter(content_type=here, object_repr="a line").values_list("object_id", flat=True)
    assert list(lines) == [str(stays.pk)]
    letters = Letter.objects.filter(kind=kind.name).values_list("record_id", flat=True)
    assert list(letters) == ([stays.pk] if isinstance(stays.pk, int) else [])


def test_emptied_rows_are_counted_by_table() -> None:
    somebody, table = Canary.new(), registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)
    row = somebody.plant(table)

    with transaction.atomic():
        done = empty(table, [row.pk])

    assert done == {"contact.contactrequest": 1, "privacy.consent": 1}


@pytest.mark.parametrize("nobody", ["", " "])
def test_without_an_address_nobody_s_rows_are_found_not_even_those_that_have_none(nobody: str) -> None:
    for table in tables_of_somebody():
        if table.person is not None and table.person.address and not table.part_of:
            Canary.new().plant(table, **{table.person.address: ""})

    assert not [table for table, rows in registry.rows_about(nobody) if rows.exists()]
    assert not erase_person(nobody)
