"""A copy of everything held: complete, readable, without what is staff's or somebody else's, and in bounded memory."""

import io
import resource
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django.utils.html import escape

from contact.models import ContactRequest, ThreadEntry
from privacy.models import FreeTextReview, Letter, Result, ResultChunk
from privacy.periods import Period
from privacy.registry import registry
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.rights.carrying_out import carriers
from privacy.rights.fulfilment import access, redacting
from privacy.rights.fulfilment.issuing import issue_again
from privacy.rights.fulfilment.results import read, results_of
from privacy.rights.kinds import Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn
from privacy.sealing import CannotUnseal
from tests.desk.desk import member
from tests.desk.desk import request as wrote
from tests.fulfilment.granting import carry_out, file_of, granted, json_of, opened, text_of
from tests.privacy.planting import Canary, database, tables_of_somebody
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.1")]


def copied(address: str, **more: Any) -> RightsRequest:
    return carry_out(granted(Right.ACCESS, address, **more))


def result_of(request: RightsRequest) -> Result:
    return results_of(request)[0]


def test_everything_held_leaves_in_both_forms_and_nothing_of_others() -> None:
    somebody, other = Canary.new(), Canary.new()
    somebody.plant_everywhere()
    other.plant_everywhere()

    archive = opened(result_of(copied(somebody.address)))

    page, data = text_of(archive, ".html"), text_of(archive, ".json")
    secret = {trace for trace in somebody.traces if trace in _secrets(somebody)}
    assert [trace for trace in somebody.traces - secret if trace not in page] == []
    assert [trace for trace in somebody.traces - secret if trace not in data] == []
    assert [trace for trace in other.traces | secret if trace in page or trace in data] == []
    tables = {table["table"] for table in json_of(archive, ".json")["tables"]}
    assert {table.label for table in tables_of_somebody()} - tables <= {"privacy.resultchunk", "privacy.paperchunk"}


def _secrets(somebody: Canary) -> set[str]:
    """What a declaration says never leaves."""
    found = set()
    for table in registry.tables():
        rows = registry.rows_in(table, somebody.address)
        for name in table.secret:
            for value in rows.values_list(name, flat=True) if rows is not None else ():
                found |= set(value.values()) if isinstance(value, dict) else {value}
    return found


def test_who_of_the_staff_wrote_stays_out() -> None:
    author = member(email="colleague@example.com", first_name="Colette", last_name="Guerin")
    asked = wrote(email="zoe@example.com", assignee=author)
    ThreadEntry.objects.create(request=asked, kind="answer", author=author, body="Voici la réponse.")

    archive = opened(result_of(copied("zoe@example.com")))

    page, data = text_of(archive, ".html"), text_of(archive, ".json")
    assert "Voici la réponse." in page
    assert "Voici la réponse." in data
    assert not any(word in page + data for word in ("colleague@", "Colette", "Guerin", '"assignee"', '"author"'))


def test_that_nothing_is_held_is_said_in_so_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    request = granted(Right.ACCESS, "nobody@example.com")
    monkeypatch.setattr(access, "held_about", lambda *arguments: iter(()))

    archive = opened(result_of(carry_out(request)))

    assert "Nothing is held" in text_of(archive, ".html") or "Rien n" in text_of(archive, ".html")
    assert json_of(archive, ".json")["tables"] == []


def test_the_sheet_says_what_article_15_asks() -> None:
    wrote(email="zoe@example.com")

    archive = opened(result_of(copied("zoe@example.com")))

    sheet, page = json_of(archive, ".json")["article_15"], text_of(archive, ".html")
    assert "{{" not in page
    assert "{%" not in page
    contact = next(entry for entry in sheet["activities"] if entry["name"] == "contact")
    for name in ("purpose", "basis", "categories", "recipients", "retention", "source"):
        assert contact[name], name
        told = contact[name] if isinstance(contact[name], list) else [contact[name]]
        assert all(escape(words) in page for words in told), name
    assert "CNIL" in sheet["complaint"]
    assert sheet["controller"]["data_protection_officer"]
    assert len(sheet["rights"]) >= 5


def test_what_was_replaced_in_a_text_leaves_replaced_and_the_record_keeps_its_own() -> None:
    by = member("DPO")
    asked = wrote(email="zoe@example.com", message="Mon voisin Karl Roth m’a parlé de vous.")
    request = proved(Right.ACCESS, email="zoe@example.com")
    carrier = carriers.of(request)
    assert carrier is not None
    assert carrier.unready(request)
    item = next(item for item in redacting.items(request) if item.column == "message")

    redacting.save(request.pk, [(item, "Mon voisin […] m’a parlé de vous.", "A neighbour.")], by=by.pk, confirmed=True)

    assert not carrier.unready(request)
    assert FreeTextReview.objects.get().by == by
    file = file_of(request)
    sink = io.BytesIO()
    access.write_copy(file, sink)
    import zipfile

    archive = zipfile.ZipFile(sink)
    assert "Mon voisin […]" in text_of(archive, ".html")
    assert "Karl Roth" not in text_of(archive, ".html") + text_of(archive, ".json")
    asked.refresh_from_db()
    assert "Karl Roth" in asked.message


def test_a_result_is_sealed_at_rest_and_an_altered_one_does_not_open() -> None:
    wrote(email="zoe@example.com", message="Une phrase reconnaissable.")
    result = result_of(copied("zoe@example.com"))

    assert not any("PK\x03\x04" in row for row in database() if row.startswith("privacy_resultchunk"))
    ResultChunk.objects.filter(result=result).update(sealed=b"altered")

    with pytest.raises(CannotUnseal):
        list(read(result))


def test_a_result_is_erased_after_seven_days_and_can_be_issued_again() -> None:
    request = copied("zoe@example.com")
    first = result_of(request)

    with time_machine.travel(first.expires_at - timedelta(seconds=1)):
        assert results_of(request) == [first]
    with time_machine.travel(first.expires_at):
        assert results_of(request) == []
        enforce_retention(RetentionRun.Trigger.COMMAND)
        assert not ResultChunk.objects.exists()
        again = issue_again(request.pk)

        assert results_of(request) == again
        assert file_of(request).events.filter(kind="noted").exists()
    assert Letter.objects.filter(kind="privacy.rights-result", record_id=again[0].pk).count() == 1


@pytest.mark.parametrize("right", [Right.ACCESS, Right.PORTABILITY])
def test_how_long_a_file_waits_is_told_as_it_is_set(right: Right, settings: Any) -> None:
    settings.RESULT_LIFE = Period(days=3)

    request = carry_out(granted(right, "zoe@example.com"))

    assert "pendant 3\xa0jours" in file_of(request).events.get(kind="done").note


def test_a_request_that_was_not_carried_out_is_issued_to_nobody() -> None:
    request = granted(Right.ACCESS, "zoe@example.com")

    with pytest.raises(MovedOn):
        issue_again(request.pk)


@pytest.mark.parametrize("state", ["unproved", "open", "refused"])
def test_nothing_is_copied_without_a_decision(state: str) -> None:
    request = proved(Right.ACCESS)

    with pytest.raises(MovedOn):
        carry_out(request)

    assert not Result.objects.exists()


def test_a_worker_killed_while_it_writes_leaves_nothing_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    request = granted(Right.ACCESS, "zoe@example.com")

    def killed(*arguments: Any, **more: Any) -> Iterator[str]:
        yield "half of "
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(access, "_json", killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(request)
    assert not Result.objects.exists()
    assert RightsRequest.objects.get(pk=request.pk).state == State.GRANTED

    assert results_of(carry_out(request))


def test_of_two_workers_one_makes_the_copy() -> None:
    request = copied("zoe@example.com")

    with pytest.raises(MovedOn):
        carry_out(request)

    assert Result.objects.filter(file__request=request).count() == 1


def test_a_person_with_forty_thousand_rows_costs_no_more_memory() -> None:
    asked = wrote(email="zoe@example.com")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO contact_threadentry (request_id, kind, body, written_at)
               SELECT %s, 'reply', 'Message numéro ' || n, now() FROM generate_series(1, 40000) AS n""",
            [asked.pk],
        )
    request = granted(Right.ACCESS, "zoe@example.com")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = result_of(carry_out(request))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    assert grown < 15, f"{grown} MiB more"
    assert text_of(opened(result), ".json").count("Message numéro") == 40_000
    assert ResultChunk.objects.filter(result=result).count() >= 1
    assert ContactRequest.objects.filter(pk=asked.pk).exists()


def test_a_large_file_is_read_a_chunk_at_a_time() -> None:
    from privacy.rights.fulfilment.results import keep

    file = file_of(proved(Right.ACCESS))
    piece = bytes(range(256)) * 1024  # A quarter of a mebibyte.

    def write(sink: Any) -> None:
        for _ in range(4 * 24):
            sink.write(piece)

    tracemalloc.start()
    result = keep(file, Result.Kind.ACCESS, write, name="large.zip")
    size = sum(len(part) for part in read(result))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size == result.size == 24 << 20
    assert ResultChunk.objects.filter(result=result).count() == 24
    assert peak < 14 << 20
    assert timezone.now() < result.expires_at


def test_when_staff_looked_and_what_for_is_told_and_not_who(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = [(timezone.now() - timedelta(days=2), "Répondre à <votre> demande")]
    monkeypatch.setattr(access, "looks_at", lambda address: looked)
    wrote(email="zoe@example.com")

    archive = opened(result_of(copied("zoe@example.com")))

    assert "Répondre à &lt;votre&gt; demande" in text_of(archive, ".html")
    told = json_of(archive, ".json")["consultations"]
    assert told == [{"at": looked[0][0].isoformat(), "purpose": looked[0][1]}]
