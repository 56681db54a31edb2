"""Papers are there until identity is decided, and not a statement longer."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as site
from django.core import mail
from django.db import transaction
from django.utils import timezone

from privacy.letters.queue import deliver_due
from privacy.models import PaperChunk, RetentionRun
from privacy.papers import services
from privacy.papers.forms import papers_wanted
from privacy.papers.models import Paper
from privacy.papers.services import ask, decide, give, takes_papers, waive
from privacy.registry import registry
from privacy.retention.engine import enforce_retention
from privacy.rights import intake, states
from privacy.rights.kinds import WITHOUT_PAPERS, Decision, Right, State
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import MovedOn, NotAllowed
from privacy.sealing import CHUNK, CannotUnseal
from tests.desk.desk import member
from tests.papers.people import CANARY, copy, fresh, papers_of, with_papers
from tests.privacy.planting import database
from tests.rights.people import asked, proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.3")]
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.fixture
def dpo() -> int:
    return int(member("DPO").pk)


def events(request: RightsRequest) -> list[str]:
    return list(CaseEvent.objects.filter(file__request=request).order_by("pk").values_list("kind", flat=True))


def nothing_is_left() -> bool:
    return not Paper.objects.exists() and not PaperChunk.objects.exists()


def test_a_paper_is_sealed_in_the_database_in_pieces() -> None:
    request = proved()
    data = CANARY * 1000

    give(request, {"recto": copy(data=data)})

    stored = Paper.objects.get()
    assert stored.opened() == data
    assert stored.chunks.count() == -(-len(data) // CHUNK) == 2
    assert not any(CANARY in bytes(chunk.sealed) for chunk in PaperChunk.objects.all())
    assert CANARY.hex() not in "".join(database())


def test_each_side_replaces_the_one_given_before() -> None:
    request = with_papers()

    give(request, {"recto": copy(data=b"another")})

    assert [(paper.side, paper.opened()) for paper in papers_of(request)] == [("recto", b"another"), ("verso", CANARY)]
    assert PaperChunk.objects.count() == 2
    assert events(request).count("papers-given") == 2


def test_what_an_older_key_sealed_is_read_until_that_key_leaves_the_ring(settings: Any) -> None:
    request = with_papers()
    settings.FILE_KEYS = ["a newer key", *settings.FILE_KEYS]
    give(request, {"verso": copy(data=b"under the newer one")})

    assert [paper.opened() for paper in papers_of(request)] == [CANARY, b"under the newer one"]
    settings.FILE_KEYS = ["a newer key"]
    recto, verso = papers_of(request)
    assert verso.opened() == b"under the newer one"
    with pytest.raises(CannotUnseal):
        recto.opened()


@pytest.mark.parametrize("established", [True, False])
def test_deciding_erases_the_papers_and_leaves_who_checked_and_when(established: bool, dpo: int) -> None:
    request = with_papers()

    decide(request.pk, by=dpo, seen=request.version, established=established, note="Same name as in our files.")

    assert nothing_is_left()
    event = CaseEvent.objects.filter(file__request=request).latest("pk")
    kind = "identity-checked" if established else "identity-refused"
    assert (event.kind, event.by_id, event.at.date()) == (kind, dpo, timezone.now().date())
    assert fresh(request).state == (State.OPEN if established else State.DOUBT)


def test_papers_and_decision_go_together_or_not_at_all(dpo: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request = with_papers()

    def fails(*arguments: Any, **more: Any) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as broken:
        broken.setattr(services, "add_event", fails)
        with pytest.raises(RuntimeError):
            decide(request.pk, by=dpo, seen=request.version, established=True)

    assert [paper.opened() for paper in papers_of(request)] == [CANARY, CANARY]
    assert "identity-checked" not in events(request)
    assert fresh(request).version == request.version


def test_of_two_who_decide_at_once_one_is_told(dpo: int) -> None:
    request = with_papers()
    decide(request.pk, by=dpo, seen=request.version, established=True)

    with pytest.raises(MovedOn):
        decide(request.pk, by=dpo, seen=request.version, established=False)

    assert fresh(request).state == State.OPEN


@pytest.mark.parametrize("how", ["granted", "refused", "taken back"])
def test_whatever_else_decides_a_request_takes_its_papers_along(how: str, dpo: int) -> None:
    request, other = with_papers(), with_papers()

    with transaction.atomic():
        if how == "taken back":
            intake.take_back(request)
        elif how == "granted":
            states.decide(request, Decision.GRANTED, by=dpo)
        else:
            states.decide(request, Decision.REFUSED, by=dpo, refusal="12(5)")

    assert papers_of(request) == []
    assert len(papers_of(other)) == 2


def test_asking_needs_a_reason_which_stops_the_clock_and_is_told(dpo: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.papers.letters.follow_url", lambda request: "https://example.com/page")
    request = proved(language="en")
    with pytest.raises(NotAllowed):
        ask(request.pk, by=dpo, seen=request.version, reasons="  ")
    assert fresh(request).state == State.OPEN

    ask(request.pk, by=dpo, seen=request.version, reasons="The name is not the one we know.")
    deliver_due()

    asked_again = fresh(request)
    assert asked_again.state == State.DOUBT
    assert asked_again.paused_at is not None
    assert events(request)[-2:] == ["papers-asked", "paused"]
    letter = next(one for one in mail.outbox if "show who you are" in one.subject)
    assert "The name is not the one we know." in letter.body
    assert "30\u00a0days" in letter.body
    assert letter.reply_to == [site.CONTROLLER.dpo_email]


def test_a_letter_that_asks_is_not_sent_once_the_doubt_is_gone(dpo: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.papers.letters.follow_url", lambda request: "https://example.com/page")
    request = proved(language="en")
    ask(request.pk, by=dpo, seen=request.version, reasons="Why.")
    waive(request.pk, by=dpo, seen=fresh(request).version, reason="They called.")

    deliver_due()

    assert not any("show who you are" in one.subject for one in mail.outbox)


def test_the_clock_stands_for_a_reasoned_doubt_alone_and_until_papers_come(dpo: int) -> None:
    with time_machine.travel("2026-03-02T10:00+01:00", tick=False) as clock:
        request = with_papers()
        due = fresh(request).due_on
        assert fresh(request).paused_at is None
        ask(request.pk, by=dpo, seen=request.version, reasons="Another name.")
        clock.shift(timedelta(days=5))

        give(request, {"recto": copy(data=b"new")})

        given = fresh(request)
        assert (given.state, given.paused_at, given.paused_days) == (State.DOUBT, None, 5)
        assert given.due_on >= due + timedelta(days=5)
        assert events(request)[-2:] == ["papers-given", "resumed"]


@pytest.mark.parametrize("established", [True, False])
def test_deciding_or_waiving_lets_the_clock_run(established: bool, dpo: int) -> None:
    request = proved()
    ask(request.pk, by=dpo, seen=request.version, reasons="Why.")

    if established:
        waive(request.pk, by=dpo, seen=fresh(request).version, reason="They called.")
    else:
        decide(request.pk, by=dpo, seen=fresh(request).version, established=False)

    assert fresh(request).paused_at is None
    assert fresh(request).state == (State.OPEN if established else State.DOUBT)


def test_who_is_not_who_they_say_is_granted_nothing(dpo: int) -> None:
    request = with_papers()
    decide(request.pk, by=dpo, seen=request.version, established=False)

    with pytest.raises(MovedOn), transaction.atomic():
        states.decide(fresh(request), Decision.GRANTED, by=dpo)


def test_waiving_needs_a_reason_which_stays_among_staff_and_erases_what_was_given(dpo: int) -> None:
    request = with_papers()
    with pytest.raises(NotAllowed):
        waive(request.pk, by=dpo, seen=request.version, reason=" ")
    assert len(papers_of(request)) == 2

    waive(request.pk, by=dpo, seen=request.version, reason="We know their voice.")

    assert nothing_is_left()
    note = CaseEvent.objects.get(file__request=request, kind="note")
    assert (note.note, note.shown, note.by_id) == ("We know their voice.", False, dpo)
    told = CaseEvent.objects.get(file__request=request, kind="noted")
    assert (told.note, told.shown) == ("Aucune pièce d’identité n’est nécessaire.", True)


@pytest.mark.parametrize("right", sorted(WITHOUT_PAPERS))
def test_nobody_is_asked_for_papers_to_say_no(right: Right, settings: Any, dpo: int) -> None:
    settings.IDENTITY_DOCUMENTS = "always"
    request = asked(right)

    assert not papers_wanted(right)
    assert not takes_papers(fresh(request))
    with pytest.raises(MovedOn):
        give(request, {"recto": copy(data=b"x")})
    if fresh(request).state == State.UNPROVED:
        with transaction.atomic():
            states.move(fresh(request), State.OPEN, proof="link", proved_at=timezone.now(), unproved_until=None)
    if fresh(request).state == State.OPEN:
        with pytest.raises(NotAllowed):
            ask(request.pk, by=dpo, seen=fresh(request).version, reasons="Why.")
    assert nothing_is_left()


@pytest.mark.parametrize(("setting", "wanted"), [("on_doubt", False), ("always", True)])
def test_all_other_rights_ask_for_them_only_where_the_site_is_set_up_so_and_the_clock_runs(
    setting: str, wanted: bool, settings: Any
) -> None:
    settings.IDENTITY_DOCUMENTS = setting
    rights = set(Right) - WITHOUT_PAPERS

    assert {papers_wanted(right) for right in rights} == {wanted}
    request = proved()
    assert (request.state, request.paused_at) == (State.OPEN, None)
    assert takes_papers(request)


def test_nothing_more_is_taken_once_identity_is_checked_unless_it_is_asked_for(dpo: int) -> None:
    request = with_papers()
    decide(request.pk, by=dpo, seen=request.version, established=True)
    with pytest.raises(MovedOn):
        give(request, {"recto": copy(data=b"x")})
    assert nothing_is_left()

    ask(request.pk, by=dpo, seen=fresh(request).version, reasons="Something new came up.")
    give(request, {"recto": copy(data=b"x")})

    assert len(papers_of(request)) == 1


@pytest.mark.parametrize(("offset", "left"), [(-SECOND, 2), (SECOND * 0, 0), (SECOND, 0)])
def test_papers_nobody_decided_about_go_after_thirty_days_and_can_be_asked_for_again(
    offset: timedelta, left: int, dpo: int
) -> None:
    request = with_papers()
    end = site.PAPERS_RETENTION.after(papers_of(request)[1].received_at)

    enforce_retention(RetentionRun.Trigger.COMMAND, now=end + offset)

    assert len(papers_of(request)) == left
    assert fresh(request).content is not None
    ask(request.pk, by=dpo, seen=fresh(request).version, reasons="They are gone.")
    assert takes_papers(fresh(request))


def test_a_request_whose_address_is_never_proved_takes_its_papers_with_it() -> None:
    request = asked()
    give(request, {"recto": copy(data=CANARY)})

    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=8))

    assert nothing_is_left()
    assert not RightsRequest.objects.exists()


def test_papers_are_found_and_erased_with_their_person() -> None:
    request = with_papers()
    assert request.content is not None

    tables = {table.label: rows.count() for table, rows in registry.rows_about(request.content.email)}

    assert (tables["privacy.paper"], tables["privacy.paperchunk"]) == (2, 2)
