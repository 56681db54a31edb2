"""An erasure empties every declared table, says so in a signed receipt, and forgets the address when that arrives."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import ContactRequest
from privacy import erasure
from privacy.holds.services import place_on_person
from privacy.letters.models import Letter
from privacy.models import CaseFile, ErasedCount, ErasureReceipt, Hold, RecipientNotice, RightsRequest
from privacy.processors import read_processors
from privacy.registry import registry
from privacy.rights.carrying_out import carriers
from privacy.rights.fulfilment import erasing, notices, signing
from privacy.rights.fulfilment.letters import OF_ERASURE
from privacy.rights.kinds import Right, State
from privacy.rights.states import MovedOn
from privacy.subjects import subject_key
from tests.fulfilment.granting import carry_out, file_of, granted
from tests.privacy.planting import Canary, database, found_in_database
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.3")]
KEPT = tuple(f"{table.model._meta.db_table} " for table in registry.tables() if table.kept)
RECIPIENTS = read_processors(
    """
    [[processor]]
    name = "Hôte"
    what_for = {fr = "héberge", en = "hosts"}
    country = "FR"
    contract = 2026-01-15
    review = 2027-01-15
    email = "privacy@host.example"
    [[processor]]
    name = "Papier"
    what_for = {fr = "imprime", en = "prints"}
    country = "FR"
    contract = 2026-01-15
    review = 2027-01-15
    """
)


def planted() -> Canary:
    somebody = Canary.new()
    somebody.plant_everywhere()
    return somebody


def erased(address: str) -> RightsRequest:
    return carry_out(granted(Right.ERASURE, address))


def delivered(request: RightsRequest) -> None:
    """The receipt's letter has left, and the sweep has run."""
    receipt = ErasureReceipt.objects.get(request=request)
    sent = Letter.objects.filter(kind=OF_ERASURE.name, record_id=receipt.pk)
    assert sent.update(state=Letter.State.SENT, finished_at=timezone.now()) == 1
    erasing.forget_delivered()


def document_of(request: RightsRequest) -> dict[str, Any]:
    document: dict[str, Any] = ErasureReceipt.objects.get(request=request).document
    return document


def test_once_the_receipt_is_delivered_a_person_is_nowhere_but_in_what_is_kept_on_a_ground() -> None:
    somebody = planted()

    request = erased(somebody.address)
    waiting = {row.partition(" ")[0] for row in found_in_database({somebody.address})}
    delivered(request)

    assert waiting == {"privacy_casefile"}
    left = found_in_database(somebody.traces)
    assert [row for row in left if not row.startswith(KEPT)] == []
    assert found_in_database({somebody.address}) == []


def test_nobody_else_is_touched() -> None:
    other = planted()
    before = {row for row in database() if any(trace in row for trace in other.traces)}
    somebody = planted()

    delivered(erased(somebody.address))

    assert before <= set(database())


def test_the_dry_run_foresees_what_the_receipt_counts() -> None:
    somebody = planted()
    request = granted(Right.ERASURE, somebody.address)
    carrier = carriers.of(request)
    assert carrier is not None
    before = list(database())

    plan = carrier.plan(request)

    assert list(database()) == before
    foreseen = {line.label: line.done for line in plan.lines if line.done}
    counted = {line["table"]: line["rows"] for line in document_of(carry_out(request))["receipt"]["erased"]}
    assert counted == foreseen
    assert all(line.kept == 0 or line.because for line in plan.lines)


def test_the_receipt_names_nobody_and_says_what_is_kept_on_which_ground() -> None:
    somebody = planted()

    receipt = signing.verify(document_of(erased(somebody.address)))

    assert [trace for trace in somebody.traces if trace in str(receipt)] == []
    kept = {line["table"]: line for line in receipt["kept"]}
    assert "17(3)" in " ".join(kept["privacy.consent"]["because"])
    assert kept["privacy.consent"]["until"]
    assert "privacy.casefile" not in kept
    assert receipt["backups_rolled_over_on"] > receipt["carried_out_at"][:10]


def test_what_a_hold_keeps_stays_and_the_receipt_says_so() -> None:
    somebody = Canary.new()
    table = next(table for table in registry.tables() if table.model is ContactRequest)
    row = somebody.plant(table)
    hold = Hold(ground="17(3)(e)", reason="Case 12.", review_on=timezone.localdate() + timedelta(days=30))
    place_on_person(hold, somebody.address)

    receipt = signing.verify(document_of(erased(somebody.address)))

    row.refresh_from_db()
    assert row.email == somebody.address
    kept = {entry["table"]: entry for entry in receipt["kept"]}
    assert kept["contact.contactrequest"]["rows"] == 1
    assert "17(3)(e)" in " ".join(kept["contact.contactrequest"]["because"])


def test_a_person_of_whom_nothing_is_held_gets_a_receipt_that_says_so() -> None:
    request = erased("unheard.of@example.com")

    assert {line["table"] for line in document_of(request)["receipt"]["erased"]} <= {
        "privacy.letter",
        "privacy.singleuselink",
    }


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_a_worker_killed_half_way_leaves_no_figure_uncounted(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = planted()
    request = granted(Right.ERASURE, somebody.address)
    carrier = carriers.of(request)
    assert carrier is not None
    foreseen = {line.label: line.done for line in carrier.plan(request).lines if line.done}
    batches: list[Any] = []

    def killed(address: str, **more: Any) -> Any:
        noted = more.pop("noted")

        def dying(batch: Any) -> None:
            if len(batches) == after:
                raise KeyboardInterrupt
            batches.append(batch)
            noted(batch)

        return erasure.erase_person(address, noted=dying, **more)

    monkeypatch.setattr(erasing, "erase_person", killed)
    with pytest.raises(KeyboardInterrupt):
        carry_out(request)
    monkeypatch.undo()

    assert RightsRequest.objects.get(pk=request.pk).state == State.GRANTED
    counted = {line["table"]: line["rows"] for line in document_of(carry_out(request))["receipt"]["erased"]}
    assert counted == foreseen
    assert not ErasedCount.objects.exists()


def test_of_two_workers_one_closes_the_request_and_the_other_changes_nothing() -> None:
    somebody = planted()
    request = granted(Right.ERASURE, somebody.address)
    carry_out(request)
    before = list(database())

    with pytest.raises(MovedOn):
        carry_out(request)

    assert list(database()) == before


def test_somebody_who_writes_again_before_the_receipt_arrives_is_not_erased_with_it() -> None:
    somebody = planted()
    request = erased(somebody.address)
    table = next(table for table in registry.tables() if table.model is ContactRequest)
    written = somebody.plant(table)

    delivered(request)

    assert ContactRequest.objects.filter(pk=written.pk, email=somebody.address).exists()
    assert not CaseFile.objects.filter(request=request).exists()


def test_until_the_receipt_has_left_the_file_keeps_the_address_it_goes_to() -> None:
    somebody = planted()
    request = erased(somebody.address)

    erasing.forget_delivered()

    assert file_of(request).email == somebody.address
    assert ErasureReceipt.objects.get(request=request).delivered_at is None


def test_another_request_of_the_same_person_is_decided_first() -> None:
    first = proved(Right.ERASURE, email="twice@example.com")
    carrier = carriers.of(first)
    assert carrier is not None
    assert not carrier.unready(first)

    proved(Right.ACCESS, email="twice@example.com")

    assert carrier.unready(first)


def test_recipients_are_told_by_letter_where_their_address_is_known(settings: Any) -> None:
    settings.PROCESSORS = RECIPIENTS
    somebody = planted()
    request = granted(Right.ERASURE, somebody.address)
    carrier = carriers.of(request)
    assert carrier is not None
    assert any("Papier" in str(word) for word in carrier.plan(request).words)

    carry_out(request)

    states = dict(RecipientNotice.objects.filter(request=request).values_list("recipient", "state"))
    assert states == {"Hôte": "written", "Papier": "to-tell"}
    told = Letter.objects.get(kind="privacy.rights-notice")
    delivered(request)
    assert CaseFile.objects.filter(request=request).exists()  # The recipient's letter is still to be written.
    Letter.objects.filter(pk=told.pk).update(state=Letter.State.SENT, finished_at=timezone.now())
    erasing.forget_delivered()
    assert not CaseFile.objects.filter(request=request).exists()
    assert RecipientNotice.objects.get(recipient="Hôte").state == "told"


def test_recipients_of_an_erasure_that_is_cut_short_are_told_by_letter_all_the_same(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their letters are queued at the end; until then the sweep must not take them for letters that were lost."""
    settings.PROCESSORS = RECIPIENTS
    request = granted(Right.ERASURE, planted().address)
    monkeypatch.setattr(erasing, "erase_person", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        carry_out(request)
    monkeypatch.undo()

    notices.note_delivered()
    carry_out(request)

    states = dict(RecipientNotice.objects.filter(request=request).values_list("recipient", "state"))
    assert states == {"Hôte": "written", "Papier": "to-tell"}
    assert Letter.objects.filter(kind="privacy.rights-notice").count() == 1


def test_looking_for_what_to_forget_asks_little() -> None:
    with CaptureQueriesContext(connection) as captured:
        erasing.forget_delivered()

    assert len(captured) <= 3


def test_the_key_in_the_record_is_that_of_its_person() -> None:
    somebody = planted()

    request = erased(somebody.address)

    assert request.subject_key == subject_key(somebody.address)
