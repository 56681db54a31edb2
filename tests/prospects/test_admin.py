"""What the data protection officer sees of prospects, and the two things that can be done with them."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ExportRecord, Prospect
from contact.prospects.export import export_prospects
from contact.prospects.services import unsubscribe
from privacy.audit.models import AuditEntry
from privacy.consents.withdrawal import Way
from privacy.models import ConsentEvent
from privacy.periods import Period
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from tests.prospects.people import ZOE, ask, confirmed, many
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/contact/prospect/"
REASON = "Invitations for the open day"


def member(*permissions: str) -> Any:
    user = get_user_model().objects.create_user("dpo@customer-labs.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def dpo() -> Client:
    return signed_in("view_prospect", "delete_prospect", "add_exportrecord", "view_exportrecord")


def signed_in(*permissions: str) -> Client:
    client = Client(headers={"accept-language": "fr"})
    sign_in(client, member(*permissions))
    return client


def file_of(answer: Any) -> str:
    assert isinstance(answer, StreamingHttpResponse)
    pieces = answer.streaming_content
    assert isinstance(pieces, Iterator)
    return b"".join(pieces).decode("utf-8")


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_list_says_who_they_are_and_until_when_they_are_kept(dpo: Client) -> None:
    confirmed()
    ask("pending@example.com")

    page = dpo.get(LIST).content.decode()

    assert ZOE in page
    assert "pending@example.com" in page
    assert "attend sa confirmation" in page


def test_the_list_needs_few_queries_however_many_they_are(dpo: Client) -> None:
    many(200)

    with CaptureQueriesContext(connection) as captured:
        dpo.get(LIST)

    assert len(captured) <= 12


@pytest.mark.promise("P7.1")
def test_a_search_puts_no_name_in_an_address(dpo: Client) -> None:
    confirmed()
    confirmed("other@example.com", last_name="Martin")

    answer = dpo.post(LIST, {"q": "lefèvre", "_search": "1"})
    page = dpo.get(answer["Location"]).content.decode()

    assert "lef" not in answer["Location"].lower()
    assert ZOE in page
    assert "other@example.com" not in page


def test_nothing_about_a_prospect_can_be_changed_or_simply_deleted(dpo: Client) -> None:
    prospect = confirmed()

    page = dpo.get(f"{LIST}{prospect.pk}/change/").content.decode()
    statuses = {
        dpo.post(f"{LIST}{prospect.pk}/change/", {"last_name": "X"}).status_code,
        dpo.post(f"{LIST}{prospect.pk}/delete/", {"post": "yes"}).status_code,
        dpo.get(f"{LIST}add/").status_code,
    }

    assert not re.search(r'name="(first_name|last_name|email)"', page)
    assert statuses == {403}
    assert Prospect.objects.get().last_name == "Lefèvre"


@pytest.mark.promise("P5.6")
def test_somebody_who_asks_by_telephone_is_unsubscribed_after_a_question(dpo: Client) -> None:
    prospect = confirmed()
    confirmed("other@example.com")
    chosen = {"action": "unsubscribe_on_request", "_selected_action": [prospect.pk]}

    asked = dpo.post(LIST, chosen)
    still_there = Prospect.objects.filter(email=ZOE).exists()
    done = dpo.post(LIST, {**chosen, "sure": "yes"}, follow=True)

    assert ZOE in asked.content.decode()
    assert still_there
    assert "1 personne est désinscrite" in done.content.decode()
    assert [left.email for left in Prospect.objects.all()] == ["other@example.com"]
    assert ConsentEvent.objects.get(kind="withdrawn").form == "staff"
    entry = AuditEntry.objects.get(action="deleted")
    assert (entry.record_id, entry.details) == (str(prospect.pk), "unsubscribed on request")


def test_who_may_only_look_can_neither_unsubscribe_nor_export() -> None:
    client = signed_in("view_prospect")
    prospect = confirmed()

    client.post(LIST, {"action": "unsubscribe_on_request", "_selected_action": [prospect.pk], "sure": "yes"})
    export = client.post(f"{LIST}export/", {"reason": REASON})

    assert Prospect.objects.exists()
    assert export.status_code == 403
    assert not ExportRecord.objects.exists()
    assert "/export/" not in client.get(LIST).content.decode()


def test_an_export_asks_what_for(dpo: Client) -> None:
    confirmed()

    asked = dpo.get(f"{LIST}export/")
    answer = dpo.post(f"{LIST}export/", {"reason": "  "})

    assert "1 personne" in asked.content.decode().replace("\u00a0", " ")
    assert not isinstance(answer, StreamingHttpResponse)
    assert not ExportRecord.objects.exists()


@pytest.mark.promise("P3.2", "P7.2")
def test_an_export_holds_live_prospects_and_leaves_a_record(dpo: Client) -> None:
    confirmed()
    ask("pending@example.com")

    answer = dpo.post(f"{LIST}export/", {"reason": REASON})
    text = file_of(answer)

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert text.startswith("\ufeffPrénom,Nom,Adresse électronique,Langue,Dernier contact,Conservé jusqu’au\r\n")
    (row,) = rows_of(text)[1:]
    assert row[:4] == ["Zoé", "Lefèvre", ZOE, "Français"]
    record = ExportRecord.objects.get()
    assert (record.by.email, record.reason, record.people, record.is_complete) == (
        "dpo@customer-labs.com",
        REASON,
        1,
        True,
    )


def test_the_columns_speak_the_readers_language() -> None:
    text = "".join(export_prospects(by=member(), reason=REASON, language="en"))

    assert text.startswith("\ufeffFirst name,Last name,E-mail address,Language,Last contact,Kept until\r\n")


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "|x", "%x"])
def test_no_name_is_a_formula(formula: str) -> None:
    confirmed(first_name=formula, last_name=formula)

    (row,) = rows_of("".join(export_prospects(by=member(), reason=REASON, language="en")))[1:]

    assert all(not cell.startswith(("=", "+", "-", "@", "|", "%")) for cell in row)


def test_a_name_with_commas_quotes_and_line_breaks_stays_in_its_cell() -> None:
    confirmed(last_name='O"Neil, "Bob"\nx')

    (row,) = rows_of("".join(export_prospects(by=member(), reason=REASON, language="en")))[1:]

    assert row[1] == 'O"Neil, "Bob"\nx'


@pytest.mark.promise("P5.6")
def test_who_unsubscribes_during_a_download_is_left_out_of_the_rest() -> None:
    many(1500)
    lines = export_prospects(by=member(), reason=REASON, language="en")

    first = [next(lines), next(lines)]
    unsubscribe("person1400@example.com", way=Way.LINK, language="fr")
    rest = "".join(lines)

    assert "person1400@example.com" not in "".join(first) + rest
    assert ExportRecord.objects.get().people == 1499


def test_a_download_that_breaks_off_is_on_record_too() -> None:
    many(2500)
    lines = export_prospects(by=member(), reason=REASON, language="en")

    next(lines)
    next(lines)
    lines.close()  # type: ignore[attr-defined]

    record = ExportRecord.objects.get()
    assert (record.people, record.is_complete) == (1000, False)


def test_an_export_reads_a_thousand_at_a_time() -> None:
    many(3000)

    with CaptureQueriesContext(connection) as captured:
        pieces = list(export_prospects(by=member(), reason=REASON, language="en"))

    reads = [query["sql"] for query in captured.captured_queries if 'FROM "contact_prospect"' in query["sql"]]
    assert len(reads) == 4
    assert all("LIMIT 1000" in sql for sql in reads)
    assert len(pieces) == 4


@pytest.mark.promise("P8.0")
def test_the_record_of_an_export_goes_after_twelve_months() -> None:
    at = timezone.now()
    ExportRecord.objects.create(by=member(), at=at, reason=REASON)
    end = Period(years=1).after(at)

    enforce_retention(RetentionRun.Trigger.COMMAND, now=end - timedelta(seconds=1))
    before = ExportRecord.objects.count()
    enforce_retention(RetentionRun.Trigger.COMMAND, now=end)

    assert (before, ExportRecord.objects.count()) == (1, 0)


def test_records_of_exports_can_only_be_read(dpo: Client) -> None:
    record = ExportRecord.objects.create(by=get_user_model().objects.get(), reason=REASON)
    address = f"/admin/contact/exportrecord/{record.pk}/"

    page = dpo.get(f"{address}change/")
    statuses = {
        dpo.post(f"{address}change/", {"reason": "x"}).status_code,
        dpo.post(f"{address}delete/", {"post": "yes"}).status_code,
    }

    assert REASON in page.content.decode()
    assert statuses == {403}
