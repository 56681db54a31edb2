"""The officer finds what happened in the trail, and takes what was found away: quickly, and known to the trail."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customerlabs.staff.models import StaffMember
from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all
from privacy.models import Consent, RetentionRun
from tests.audit.chain import seal
from tests.desk.desk import listed, member, signed_in
from tests.prospects.people import ZOE, confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
LIST = "/admin/privacy/auditentry/"
Action = AuditEntry.Action


@pytest.fixture
def officer() -> StaffMember:
    return member("DPO", email="dpo@example.com")


@pytest.fixture
def dpo(officer: StaffMember) -> Client:
    return signed_in(officer)


def entry(key: int = 1, *, on: str = "2026-11-20T12:00:00+01:00", by: int | None = None, **more: Any) -> int:
    """The key of an entry written at that moment."""
    with time_machine.travel(on, tick=False):
        record_all(more.pop("action", Action.READ), more.pop("model", RetentionRun), [key], by=by, **more)
    return AuditEntry.objects.latest("pk").pk


def search(client: Client, **typed: str) -> Any:
    return client.post(LIST, {**typed, "_search": "Search"}, follow=True)


def test_everything_is_found_by_whoever_types_nothing_the_newest_first(dpo: Client) -> None:
    older, newer = entry(on="2026-11-19T12:00:00+01:00"), entry()

    assert listed(search(dpo)) == [newer, older]
    assert listed(dpo.get(LIST)) == [newer, older]


def test_by_its_day_here(dpo: Client) -> None:
    entry(on="2026-11-18T23:59:59+01:00")
    first, last = entry(on="2026-11-19T00:00:00+01:00"), entry(on="2026-11-20T23:59:59+01:00")
    entry(on="2026-11-21T00:00:00+01:00")

    assert listed(search(dpo, since="2026-11-19", until="2026-11-20")) == [last, first]


def test_by_action_table_and_record(dpo: Client) -> None:
    sought = entry(7, action=Action.EXPORTED)
    entry(7)
    entry(8, action=Action.EXPORTED)
    entry(7, action=Action.EXPORTED, model=Consent)

    found = search(dpo, action="exported", table="privacy.retentionrun", record_id="7")

    assert listed(found) == [sought]


@pytest.mark.parametrize("way", ["address", "number"])
def test_by_the_member_of_staff(way: str, dpo: Client, officer: StaffMember) -> None:
    sought = entry(by=officer.pk)
    entry()
    entry(by=officer.pk + 1)

    found = search(dpo, staff="DPO@example.com" if way == "address" else str(officer.pk))

    assert listed(found) == [sought]


def test_by_job_and_web_request(dpo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entry()
    monkeypatch.setattr("privacy.audit.origin.job", lambda: "privacy.back_up")
    by_the_job = entry()
    monkeypatch.undo()
    dpo.get(f"/admin/privacy/consent/{_consent()}/change/")
    opened = AuditEntry.objects.latest("pk")

    assert listed(search(dpo, job="privacy.back_up")) == [by_the_job]
    assert listed(search(dpo, request_id=opened.request_id)) == [opened.pk]


def test_by_the_person_whose_record_it_is_and_the_address_stands_nowhere(dpo: Client) -> None:
    theirs = _consent()
    sought = entry(theirs, model=Consent)
    entry(theirs + 1000, model=Consent)
    entry(theirs)

    found = search(dpo, whose=ZOE)

    assert listed(found) == [sought]
    assert ZOE not in found.request["QUERY_STRING"]
    assert ZOE in found.content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"since": "2026-11-20", "until": "2026-11-19"}, "until"),
        ({"since": "30/30/2026"}, "since"),
        ({"staff": "nobody@example.com"}, "staff"),
        ({"whose": "zoe"}, "whose"),
        ({"record_id": "7"}, "table"),
        ({"action": "dance"}, "action"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_field_and_finds_nothing(typed: dict[str, str], field: str, dpo: Client) -> None:
    entry()

    found = search(dpo, **typed)

    assert listed(found) == []
    assert list(found.context["cl"].form.errors) == [field]
    assert all(words in found.content.decode() for words in typed.values())


@contextmanager
def by_index() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as captured:
        yield captured
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in captured.captured_queries:
            sql = query["sql"]
            if sql.startswith("SELECT") and "privacy_auditentry" in sql:
                assert "count(" not in sql.casefold()
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Seq Scan on privacy_auditentry" not in plan, f"{sql}\n{plan}"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"since": "2026-11-19", "until": "2026-11-20"},
        {"action": "read"},
        {"staff": "7"},
        {"table": "privacy.consent"},
        {"table": "privacy.consent", "record_id": "7"},
        {"job": "privacy.back_up"},
        {"request_id": "0123456789abcdef"},
        {"whose": ZOE},
    ],
    ids=lambda typed: ", ".join(typed) or "all",
)
def test_each_way_to_search_has_its_index_and_nothing_is_counted(typed: dict[str, str], dpo: Client) -> None:
    entry()
    with by_index():
        assert search(dpo, **typed).status_code == 200


def test_a_page_takes_as_many_queries_whatever_it_shows(dpo: Client) -> None:
    dpo.get(LIST)
    with CaptureQueriesContext(connection) as one:
        dpo.get(LIST)
    record_all(Action.READ, RetentionRun, range(60), by=None)
    with CaptureQueriesContext(connection) as many:
        first = dpo.get(LIST)

    assert len(many) == len(one)
    assert len(listed(first)) == 50
    assert len(listed(dpo.get(first.context["cl"].older and f"{LIST}{first.context['cl'].older}"))) == 10


def test_dates_are_in_the_reader_s_language(officer: StaffMember) -> None:
    entry(on="2026-08-20T12:00:00+02:00")

    assert "20 août 2026" in signed_in(officer, "fr").get(LIST).content.decode()


def test_an_entry_s_page_shows_its_place_and_leads_to_the_record_and_to_the_rest_of_the_request(dpo: Client) -> None:
    theirs = _consent()
    dpo.get(f"/admin/privacy/consent/{theirs}/change/")
    seal()
    opened = AuditEntry.objects.latest("pk")

    page = dpo.get(f"{LIST}{opened.pk}/change/").content.decode()

    assert opened.hash in page
    assert f"/admin/privacy/consent/{theirs}/change/" in page
    assert f"{LIST}?q=" in page


def exported(client: Client, **typed: str) -> list[list[str]]:
    answer = client.post(LIST, {**typed, "_export": "Take away"})
    assert answer.status_code == 200
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(text.splitlines()))


def test_what_was_searched_is_taken_away_as_a_file_and_the_trail_says_so_without_what_was_sought(
    dpo: Client, officer: StaffMember
) -> None:
    sought = entry(_consent(), model=Consent, by=officer.pk)
    entry()

    titles, *lines = exported(dpo, whose=ZOE, action="read")

    assert titles[:4] == ["Number", "Date", "Action", "Account"]
    assert [line[3] for line in lines] == ["dpo@example.com"]
    assert [line[1] for line in lines] == ["2026-11-20 12:00:00+01:00"]
    taken = AuditEntry.objects.latest("pk")
    assert taken.pk != sought
    assert (taken.action, taken.table, taken.by) == ("exported", "privacy.auditentry", officer.pk)
    assert taken.details == "action, whose"


def test_the_file_comes_in_pieces_that_leave_nothing_out(dpo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.audit.export.PIECE", 2)
    with time_machine.travel("2026-11-20T11:00:00Z", tick=False):
        record_all(Action.READ, RetentionRun, range(5), by=None)
    entry(5, on="2026-11-19T12:00:00Z")

    with by_index():
        lines = exported(dpo, table="privacy.retentionrun")[1:]

    assert [line[6] for line in lines] == ["4", "3", "2", "1", "0", "5"]


def test_no_cell_of_the_file_is_run_as_a_formula(dpo: Client) -> None:
    entry(details=["=cmd()"])

    assert exported(dpo)[2][7] == "'=cmd()"


def test_a_wrong_search_is_shown_instead_of_a_file(dpo: Client) -> None:
    answer = dpo.post(LIST, {"staff": "nobody@example.com", "_export": "Take away"}, follow=True)

    assert answer.context["cl"].form.errors
    assert not AuditEntry.objects.exists()


def test_nobody_else_searches_the_trail_or_takes_it_away() -> None:
    staff = signed_in(member("Staff"))

    assert staff.post(LIST, {"_export": "Take away"}).status_code == 403
    assert staff.post(LIST, {"_search": "Search", "whose": ZOE}, follow=True).status_code == 403
    assert not AuditEntry.objects.exists()


def _consent() -> int:
    confirmed()
    return Consent.objects.get().pk
