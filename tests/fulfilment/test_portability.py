"""What a person provided on consent leaves as published: for them, and once for the third party they name."""

import csv
import hashlib
import io
import json
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse

from privacy.links import single_use
from privacy.models import CaseEvent, CaseParty, Letter, Result, SingleUseLink
from privacy.registry import registry
from privacy.rights.fulfilment.links import TRANSFER
from privacy.rights.fulfilment.portable import portable_tables, schema
from privacy.rights.fulfilment.results import read, results_of, sent_on
from privacy.rights.intake import Party
from privacy.rights.kinds import Right
from privacy.rights.models import RightsRequest
from tests.desk.desk import request as wrote
from tests.fulfilment.granting import carry_out, granted, json_of, opened, text_of
from tests.privacy.planting import Canary

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.7")]
OTHER = Party(CaseParty.Role.RECIPIENT, "Autre Service", "import@other.example")


def taken(address: str, **more: Any) -> RightsRequest:
    return carry_out(granted(Right.PORTABILITY, address, **more))


def test_the_file_keeps_to_the_published_schema_with_all_that_was_provided(client: Client) -> None:
    somebody = Canary.new()
    somebody.plant_everywhere()
    published = client.get("/portability.schema.json").json()

    archive = opened(results_of(taken(somebody.address))[0])

    data = json_of(archive, "data.json")
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(data, published, format_checker=jsonschema.FormatChecker())
    assert set(data["tables"]) == {table.label for table in portable_tables()}
    for table in portable_tables():
        rows = registry.rows_in(table, somebody.address)
        assert rows is not None
        for name in table.provided_by_subject:
            told = {str(row[name]) for row in data["tables"][table.label]}
            assert {str(value) for value in rows.values_list(name, flat=True)} == told


def test_only_what_rests_on_consent_and_was_provided_is_in_it() -> None:
    described = schema()["properties"]["tables"]["properties"]

    assert described
    for table in registry.tables():
        if table.label in described:
            assert table.activity.basis == "6(1)(a)"
            assert set(described[table.label]["items"]["properties"]) <= set(table.provided_by_subject)


def test_the_table_files_and_the_manifest_agree_with_the_data() -> None:
    wrote(email="zoe@example.com", message="=SUM(A1)\nDeuxième ligne, é")

    archive = opened(results_of(taken("zoe@example.com"))[0])

    lines = list(csv.DictReader(io.StringIO(text_of(archive, "contactrequest.csv").removeprefix("\ufeff"))))
    assert lines[0]["email"] == "zoe@example.com"
    assert "Deuxième ligne, é" in lines[0]["message"]
    assert not lines[0]["message"].startswith("=")
    manifest = json_of(archive, "manifest.json")["files"]
    assert set(manifest) == set(archive.namelist()) - {"manifest.json"}
    for name, digest in manifest.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def handed() -> tuple[RightsRequest, Result, str]:
    wrote(email="zoe@example.com")
    request = taken("zoe@example.com", parties=[OTHER])
    result = sent_on(request)[0]
    assert result.recipient is not None
    life = result.expires_at - result.made_at
    token = single_use.mint(TRANSFER, result, subject_key=result.recipient.subject_key, life=life)
    return request, result, reverse("rights-transfer", args=[token])


def test_a_third_party_fetches_the_file_once_and_its_person_sees_when(client: Client) -> None:
    request, result, link = handed()

    shown = client.get(link)
    got = client.post(link)
    again = client.post(link)

    assert "Ada Martin" in shown.content.decode()
    assert result.sha256 in shown.content.decode()
    assert hashlib.sha256(b"".join(got.streaming_content)).hexdigest() == result.sha256  # type: ignore[attr-defined]
    assert (again.status_code, client.get(link).status_code) == (410, 410)
    assert sent_on(request)[0].fetched_at is not None
    event = CaseEvent.objects.get(file__request=request, kind="fetched")
    assert event.shown
    assert "Autre Service" in event.note


def test_the_third_party_is_written_to_and_the_person_too() -> None:
    request, result, _link = handed()

    assert Letter.objects.filter(kind="privacy.rights-transfer", record_id=result.pk).count() == 1
    own = results_of(request)
    assert [one.recipient for one in own] == [None]
    assert Letter.objects.filter(kind="privacy.rights-result", record_id=own[0].pk).count() == 1


def test_the_letter_to_the_third_party_says_who_sends_what_and_why() -> None:
    from privacy.rights.fulfilment.letters import send_transfer

    _request, result, _link = handed()

    message = send_transfer(result)

    assert message is not None
    assert message.to == "import@other.example"
    for word in ("Ada Martin", "zoe@example.com", "20", result.sha256):
        assert word in message.body
    assert SingleUseLink.objects.filter(purpose=TRANSFER).count() == 2


def test_a_file_is_downloaded_by_whose_page_is_open_and_by_nobody_else(client: Client) -> None:
    from privacy.rights.links import FOLLOW

    wrote(email="zoe@example.com")
    request = taken("zoe@example.com")
    other = taken("other@example.com")
    result = results_of(request)[0]
    address = reverse("rights-result", args=[result.pk])
    assert client.post(address).status_code == 404

    token = single_use.mint(FOLLOW, other, subject_key=other.subject_key, life=RightsRequest.PROVE_WITHIN)
    client.post(reverse("rights-enter", args=[token]))
    assert client.post(address).status_code == 410
    token = single_use.mint(FOLLOW, request, subject_key=request.subject_key, life=RightsRequest.PROVE_WITHIN)
    client.post(reverse("rights-enter", args=[token]))
    page = client.get(reverse("rights-request")).content.decode()
    got = b"".join(client.post(address).streaming_content)  # type: ignore[attr-defined]

    assert address in page
    assert got == b"".join(read(result))
    result.refresh_from_db()
    assert (result.fetched, result.fetched_at is not None) == (1, True)
    assert json.loads(json.dumps(result.name)).startswith("portability-")
