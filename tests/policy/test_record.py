"""The record of processing activities: every activity, with all that GDPR Art. 30(1) asks for."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from privacy.declarations import PersonalData
from privacy.processors import read_processors
from privacy.record.entries import entries
from privacy.registry import registry
from tests.desk.desk import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P2.2", "P4.1", "P8.0")]
PAGE = "/admin/record/"
US = """
[[processor]]
name = "=Exemple Mail Inc."
what_for = {fr = "achemine les courriels", en = "carries the mail"}
country = "US"
safeguards = {fr = "clauses contractuelles types", en = "standard contractual clauses"}
contract = 2026-02-01
review = 2026-03-01
sub_processors = ["Exemple Cloud Ltd"]
activities = ["contact"]
"""


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO"), "fr")


def in_use() -> list[PersonalData]:
    return [table for table in registry.tables() if table.activity.in_use()]


def test_every_table_s_activity_is_in_it_with_its_period() -> None:
    found = {entry.name: entry for entry in entries()}

    for table in in_use():
        entry = found[table.activity.name]
        assert entry.purpose
        assert entry.basis
        assert entry.people
        assert entry.recipients
        assert entry.security
        if table.rules:
            name = str(table.model._meta.verbose_name_plural)
            assert any(name.casefold() in line.casefold() for line in entry.retention)


def test_what_is_held_outside_the_database_is_in_it_with_its_period() -> None:
    with translation.override("en"):
        found = {entry.name: entry for entry in entries()}

    retention = " ".join(found["continuity"].retention).replace("\N{NO-BREAK SPACE}", " ")
    assert "28 days" in retention
    assert "35 days" in retention


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_each_activity_and_each_processor(officer: Client, settings: Any, language: str) -> None:
    settings.PROCESSORS = read_processors(US)

    page = officer.get(PAGE, headers={"accept-language": language}).content.decode()

    with translation.override(language):
        for entry in entries():
            assert f'id="entry-{entry.name}"' in page
    assert "=Exemple Mail Inc." in page
    assert "Exemple Cloud Ltd" in page
    assert {"fr": "États-Unis", "en": "United States"}[language] in page
    assert {"fr": "<strong>À revoir</strong>", "en": "<strong>To be reviewed</strong>"}[language] in page


def test_as_json_it_has_the_same(officer: Client, settings: Any) -> None:
    settings.PROCESSORS = read_processors(US)

    answer = officer.get(f"{PAGE}json/", headers={"accept-language": "en"})

    record = json.loads(answer.content)
    assert record["controller"]["name"] == "CUSTOMER LABS"
    assert record["data_protection_officer"] == "privacy@customer-labs.com"
    assert record["processors"][0]["contract"] == "2026-02-01"
    contact = next(activity for activity in record["activities"] if activity["name"] == "contact")
    assert contact["transfers"] == ["=Exemple Mail Inc., United States: standard contractual clauses"]
    assert {activity["name"] for activity in record["activities"]} == {table.activity.name for table in in_use()} | {
        outside.activity.name for outside in registry.outside
    }
    assert "attachment" in answer["Content-Disposition"]


def test_as_csv_it_has_a_line_an_activity_and_no_formula(officer: Client, settings: Any) -> None:
    settings.PROCESSORS = read_processors(US)

    answer = officer.get(f"{PAGE}csv/")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(list(entries()))
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}json/", f"{PAGE}csv/"])
def test_it_is_for_the_officer(client: Client, address: str) -> None:
    assert client.get(address).status_code == 302  # To the sign-in page.
    assert signed_in(member("Staff")).get(address).status_code == 403
    assert signed_in(member("DPO", email="dpo@example.com")).post(address).status_code == 405
