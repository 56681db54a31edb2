"""The yearly report: figures by right, delays, refusals, commitments; the page and the CSV say the same, of nobody."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from privacy.audit.models import AuditEntry
from privacy.breaches.models import Breach
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.report.figures import Table, tables, years
from privacy.rights.deadlines import PARIS
from privacy.rights.kinds import Decision, Refusal, Right, State
from privacy.rights.models import RightsRequest
from tests.desk.desk import member, signed_in
from tests.rights.people import entered

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P3.4", "P7.5")]
PAGE = "/admin/report/"


@pytest.fixture(autouse=True)
def _autumn() -> Iterator[None]:
    with time_machine.travel("2026-11-23T10:00:00+01:00", tick=False), translation.override("en"):
        yield


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=9, tzinfo=PARIS)


def made(right: Right, received: str, closed: str = "", **columns: Any) -> RightsRequest:
    officer = member("DPO", email=f"{RightsRequest.objects.count()}@example.com")
    request = entered(officer.pk, right, received_at=on(received))
    if closed:
        at = on(closed)
        given = {"state": State.DONE, "decision": Decision.GRANTED, "decided_at": at, "closed_at": at, **columns}
        RightsRequest.objects.filter(pk=request.pk).update(**{**given, "state": State.OPEN})
        if given["state"] == State.DONE:
            RightsRequest.objects.filter(pk=request.pk).update(state=State.GRANTED)
        RightsRequest.objects.filter(pk=request.pk).update(state=given["state"])
    elif columns:
        RightsRequest.objects.filter(pk=request.pk).update(**columns)
    return request


def rows(name: str, year: int = 2026) -> list[list[Any]]:
    found: dict[str, Table] = {table.name: table for table in tables(year)}
    return [list(row) for row in found[name].rows]


def test_requests_count_in_the_year_of_receipt_by_what_became_of_them() -> None:
    made(Right.ACCESS, "2026-01-05", "2026-01-20")
    made(Right.ACCESS, "2026-01-05", "2026-01-20", decision=Decision.PARTLY, refusal=Refusal.RIGHTS_OF_OTHERS)
    made(Right.ACCESS, "2026-11-20")
    made(
        Right.ERASURE,
        "2026-02-02",
        "2026-02-10",
        state=State.REFUSED,
        decision=Decision.REFUSED,
        refusal=Refusal.CLAIMS,
    )
    made(Right.ERASURE, "2026-02-02", "2026-02-10", state=State.TAKEN_BACK, decision="")
    made(Right.QUESTION, "2026-03-02", "2026-03-03", decision=Decision.ANSWERED)
    made(Right.ACCESS, "2025-12-31", "2026-01-20")

    assert rows("rights") == [
        ["Access", 3, 1, 1, 0, 0, 0, 1],
        ["Erasure", 2, 0, 0, 1, 0, 1, 0],
        ["Confidential question", 1, 0, 0, 0, 1, 0, 0],
        ["All rights", 6, 1, 1, 1, 1, 1, 1],
    ]
    assert rows("rights", 2025) == [["Access", 1, 1, 0, 0, 0, 0, 0]]


def test_delays_are_counted_in_days_of_paris_and_late_by_the_legal_date() -> None:
    made(Right.ACCESS, "2026-01-05", "2026-01-15")
    made(Right.ACCESS, "2026-01-05", "2026-02-05")  # The legal date itself.
    made(Right.ACCESS, "2026-01-05", "2026-02-06")
    made(Right.ACCESS, "2026-10-01")
    made(Right.ACCESS, "2026-10-01", paused_at=timezone.now())
    made(Right.ERASURE, "2026-11-20", extended_at=timezone.now())

    assert rows("delays")[:2] == [["Access", 3, 31, 32, 1, 1, 0], ["Erasure", 0, "–", "–", 0, 0, 1]]


def test_refusals_stand_with_their_grounds() -> None:
    for _ in range(2):
        made(
            Right.ERASURE,
            "2026-02-02",
            "2026-02-10",
            state=State.REFUSED,
            decision=Decision.REFUSED,
            refusal=Refusal.CLAIMS,
        )
    made(Right.ACCESS, "2026-02-02", "2026-02-10", decision=Decision.PARTLY, refusal=Refusal.RIGHTS_OF_OTHERS)

    assert [row[1:] for row in rows("refusals")] == [[0, 1], [2, 0]]
    assert "17(3)(e)" in rows("refusals")[1][0]


def test_a_refusal_for_a_reason_of_its_own_is_named_without_leading_to_words_that_are_not_there() -> None:
    made(
        Right.QUESTION,
        "2026-02-02",
        "2026-02-10",
        state=State.REFUSED,
        decision=Decision.REFUSED,
        refusal=Refusal.OTHER,
    )

    assert rows("refusals") == [["Another reason, which the person was given.", 1, 0]]


def test_commitments_that_were_red_stand_with_their_days() -> None:
    watched = WatchedCommitment.objects.create(
        name="letters-leave", kept=True, checked_at=timezone.now(), since=on("2026-05-04")
    )
    for day, kept in (
        ("2025-12-31", False),
        ("2026-05-02", True),
        ("2026-05-03", False),
        ("2026-05-04", False),
        ("2026-05-04", True),
    ):
        CommitmentCheck.objects.create(commitment=watched, kept=kept, checked_at=on(day))
    CommitmentCheck.objects.create(
        commitment=watched, kept=False, error="Timeout", checked_at=on("2026-05-04") + timedelta(hours=2)
    )

    assert rows("commitments") == [["Letters in the queue leave on time.", 2, "May 3, 2026", "May 4, 2026"]]


def test_breaches_count_in_the_year_in_which_they_were_known() -> None:
    known, hours = on("2026-03-02"), timedelta(hours=1)
    for columns in (
        {},
        {"notify": "no"},
        {"notify": "yes", "notified_at": known + 72 * hours, "tell": "yes", "told_at": known + 80 * hours},
        {"notify": "yes", "notified_at": known + 72 * hours + timedelta(seconds=1)},
    ):
        Breach.objects.create(aware_at=known, **columns)
    Breach.objects.create(aware_at=on("2025-12-31"))

    assert [row[1] for row in rows("breaches")] == [4, 1, 1, 1, 1, 1]
    assert [row[1] for row in rows("breaches", 2025)] == [1, 0, 0, 0, 1, 0]
    assert rows("breaches", 2024) == []


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO", email="dpo@example.com"))


def test_the_page_and_the_file_say_the_same(officer: Client) -> None:
    made(Right.ACCESS, "2026-01-05", "2026-01-20")
    made(Right.ACCESS, "2026-01-06")

    page = officer.get(f"{PAGE}2026/").content.decode()
    answer = officer.get(f"{PAGE}2026/csv/")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Disposition"] == 'attachment; filename="report-2026.csv"'
    for table in tables(2026):
        at = lines.index([str(table.title)])
        assert lines[at + 1] == [str(column) for column in table.columns]
        for row, line in zip(table.rows, lines[at + 2 :], strict=False):
            assert line == [str(cell) for cell in row]
        assert str(table.title) in page
    assert '<th scope="row">Access</th><td>2</td><td>1</td>' in page


def test_it_names_nobody_and_leaves_no_line_in_the_trail(officer: Client) -> None:
    made(Right.ACCESS, "2026-01-05", "2026-01-20")
    before = AuditEntry.objects.count()

    shown = officer.get(PAGE).content.decode() + officer.get(f"{PAGE}2026/csv/").content.decode()

    assert "Ada Martin" not in shown
    assert RightsRequest.objects.get().reference not in shown
    assert AuditEntry.objects.count() == before


def test_the_years_are_those_whose_records_are_whole(officer: Client) -> None:
    page = officer.get(PAGE).content.decode()

    assert years() == [2026, 2025, 2024, 2023, 2022]
    assert [officer.get(f"{PAGE}{year}/").status_code for year in (2026, 2022, 2021, 2027)] == [200, 200, 404, 404]
    assert 'href="/admin/report/2022/"' in page
    assert "The year is not over." in page
    assert "The year is not over." not in officer.get(f"{PAGE}2025/").content.decode()


def test_an_empty_year_says_so_in_words(officer: Client) -> None:
    page = officer.get(f"{PAGE}2022/").content.decode()

    assert "Nobody used a right." in page
    assert "Nothing was refused." in page
    assert "No breach became known." in page
    assert "Every check found every commitment kept." in page
    assert "those of before are gone" in page


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize(("group", "status"), [("Staff", 403), ("DPO", 200), ("", 403)])
def test_who_reads_it(group: str, status: int) -> None:
    client = signed_in(member(group))

    assert [client.get(page).status_code for page in (PAGE, f"{PAGE}2026/", f"{PAGE}2026/csv/")] == [status] * 3
    assert Client().get(PAGE).status_code == 302


def test_it_takes_four_queries() -> None:
    with CaptureQueriesContext(connection) as captured:
        tables(2026)

    assert len(captured) <= 4
