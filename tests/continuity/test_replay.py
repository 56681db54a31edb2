"""What was decided after a backup is decided still once it is restored: the dead stay dead (P5.3 to P5.6, P7.4).

A database put back to an earlier day is made by rolling back: its ledger stands outside of the transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.storage import InMemoryStorage, storages
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from contact.mailings.models import Mailing
from contact.models import ContactRequest, Prospect
from privacy.audit.models import AuditEntry
from privacy.audit.steps import in_words
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.continuity import ledger, replay
from privacy.continuity.ledger import Kind, LedgerUnavailable, head
from privacy.continuity.replay import Replayed, bring_back_nobody
from privacy.declarations import KeptGround
from privacy.holds import services as holds
from privacy.holds.models import HeldRows, Hold
from privacy.letters.queue import deliver_due
from privacy.models import Consent, ConsentEvent
from privacy.objections.models import Objection
from privacy.objections.services import settle_objections
from privacy.registry import registry
from privacy.restrictions.keeping import is_restricted
from privacy.restrictions.models import Ground, Restriction
from privacy.restrictions.services import Scope, announce_lifting, lift_announced, place
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import decide, locked
from tests.consents.people import ZOE, address_of, wrote
from tests.fulfilment.granting import carry_out, granted
from tests.fulfilment.test_rectification import prepared
from tests.mailings.drafts import send_all, sent_off
from tests.objections.test_objecting import link, objects, proves
from tests.privacy.planting import database, found_in_database
from tests.prospects.people import confirmed
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.4")]
LEO = "leo@example.com"
CHANGED_BY_ANY_REPLAY = ("privacy_ledgerhead",)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@contextmanager
def lost_afterwards() -> Iterator[None]:
    """What is done inside happened after the backup: once this is over, the database knows nothing of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def played() -> Replayed:
    mail.outbox.clear()
    done = replay.replay(head())
    deliver_due()
    return done


def placed_hold(address: str = ZOE, **given: Any) -> Hold:
    hold = Hold(
        ground=KeptGround.CLAIMS, reason="Claim 12", review_on=timezone.localdate() + timedelta(days=30), **given
    )
    return holds.place_on_person(hold, address)


def restricted(address: str = ZOE, ground: Ground = Ground.CLAIMS) -> Restriction:
    restriction = Restriction(ground=ground, reason="Contested", review_on=timezone.localdate())
    return place(restriction, Scope(address=address))


@pytest.mark.promise("P5.3")
def test_who_was_erased_after_the_backup_is_erased_again_and_nobody_else_is_touched() -> None:
    wrote(ZOE)
    confirmed(ZOE)
    wrote(LEO)
    confirmed(LEO)
    deliver_due()
    leo = sorted(row for row in database() if LEO in row)
    with lost_afterwards():
        carry_out(granted(Right.ERASURE, email=ZOE))
    assert found_in_database({ZOE})

    done = played()

    assert found_in_database({ZOE}) == []
    assert sorted(row for row in database() if LEO in row) == leo
    assert (done.kinds[Kind.ERASURE], done.rows > 0) == (1, True)
    assert mail.outbox == []
    assert ledger.head() == ledger.end()


def test_the_file_of_a_request_that_is_open_again_stays_for_its_receipt() -> None:
    wrote(ZOE)
    request = granted(Right.ERASURE, email=ZOE)
    with lost_afterwards():
        carry_out(request)

    played()

    assert not ContactRequest.objects.filter(email=ZOE).exists()
    carry_out(request)
    deliver_due()
    assert [ZOE] in [letter.to for letter in mail.outbox]


@pytest.mark.promise("P5.5", "P8.2")
def test_who_objected_after_the_backup_gets_no_mailing() -> None:
    confirmed()
    with lost_afterwards():
        objects()

    played()
    sent_off_to = sent_off_or_nobody()

    assert sent_off_to == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert settle_objections() == 1
    assert Prospect.objects.get(consent__in=Consent.objects.live()).email == LEO


def sent_off_or_nobody() -> int:
    confirmed(LEO)  # A mailing to nobody is refused.
    mailing = sent_off()
    send_all()
    return mailing.recipients - 1


@pytest.mark.promise("P5.5")
def test_an_objection_that_its_address_undid_is_undone(client: Client) -> None:
    confirmed()
    with lost_afterwards():
        objects()
        client.post(link())

    done = played()

    assert (done.kinds[Kind.OBJECTION], done.kinds[Kind.OBJECTION_UNDONE]) == (1, 1)
    assert not Objection.objects.exists()


@pytest.mark.promise("P5.5", "P5.3")
def test_what_went_by_an_objection_to_all_use_goes_again() -> None:
    wrote(ZOE)
    confirmed(ZOE)
    with lost_afterwards():
        proves(objects(right=Right.OBJECTION))

    played()

    assert not Consent.objects.live().exists()
    assert not Prospect.objects.exists()
    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize("give", [wrote, confirmed], ids=["one by one", "all at once"])
def test_a_consent_withdrawn_after_the_backup_is_withdrawn_with_what_was_held_on_it(
    give: Callable[[], Any], client: Client
) -> None:
    consent = give().consent
    proof = ConsentEvent.objects.filter(consent=consent).order_by("pk")
    with lost_afterwards():
        client.post(address_of(consent))
        assert not Consent.objects.live().filter(pk=consent.pk).exists()
        events = list(proof.values_list("kind", "wording__text"))
    assert Consent.objects.live().filter(pk=consent.pk).exists()

    played()

    assert not Consent.objects.live().filter(pk=consent.pk).exists()
    assert list(proof.values_list("kind", "wording__text")) == events
    assert not Prospect.objects.confirmed().exists()
    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.4")
def test_a_restriction_placed_after_the_backup_stands_under_its_number() -> None:
    request = wrote()
    with lost_afterwards():
        number = restricted().pk

    done = played()

    assert Restriction.objects.get().pk == number
    assert done.without_reason == 1
    assert ContactRequest.objects.filter(is_restricted(registry.table(ContactRequest)), pk=request.pk).exists()


@pytest.mark.promise("P5.4")
def test_a_restriction_lifted_after_the_backup_is_lifted() -> None:
    wrote()
    restriction = restricted(ground=Ground.ACCURACY)
    with lost_afterwards():
        announce_lifting(restriction.pk, by=None, because="It was right.", on=timezone.localdate() + timedelta(days=1))
        deliver_due()
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            assert lift_announced() == 1

    played()

    assert not Restriction.objects.standing().exists()


@pytest.mark.promise("P8.3")
def test_a_hold_placed_extended_and_lifted_after_the_backup() -> None:
    wrote()
    until = timezone.now() + timedelta(days=60)
    lifted = placed_hold(LEO)
    with lost_afterwards():
        hold = placed_hold(until=timezone.now() + timedelta(days=10))
        holds.extend(hold.pk, by=None, because="Still", until=until, review_on=timezone.localdate())
        holds.lift(lifted.pk, by=None, because="Over")
        rows = list(HeldRows.objects.filter(hold=hold).values_list("subject_key", "table", "record_id"))

    played()

    again = Hold.objects.standing().get()
    assert (again.pk, again.until, again.ground) == (hold.pk, until, hold.ground)
    assert sorted(HeldRows.objects.filter(hold=again).values_list("subject_key", "table", "record_id")) == sorted(rows)


@pytest.mark.promise("P5.3", "P8.3")
def test_an_erasure_after_a_hold_was_lifted_finds_it_lifted() -> None:
    wrote()
    hold = placed_hold()
    with lost_afterwards():
        holds.lift(hold.pk, by=None, because="Over")
        carry_out(granted(Right.ERASURE, email=ZOE))

    played()

    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.2")
def test_a_correction_is_named_to_be_made_again() -> None:
    wrote()
    with lost_afterwards():
        request = proved(Right.RECTIFICATION, email=ZOE)
        prepared(request, last_name="Lefebvre")
        decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
        carry_out(RightsRequest.objects.get(pk=request.pk))

    assert played().corrections == [request.reference]


def test_a_replay_cut_off_goes_on_where_it_was_and_a_second_one_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrote(ZOE)
    confirmed(LEO)
    with lost_afterwards():
        carry_out(granted(Right.ERASURE, email=ZOE))
        objects(LEO)
    start = head()

    def power_cut(line: ledger.Line, done: Replayed) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setitem(replay.ACTS, Kind.OBJECTION, power_cut)
        with pytest.raises(KeyboardInterrupt):
            replay.replay(start)
    assert start.number < head().number < ledger.end().number
    assert not ContactRequest.objects.filter(email=ZOE).exists()

    assert played().lines == 1
    assert Objection.objects.exists()
    after = list(database())
    assert played().lines == 0
    assert list(database()) == after


def test_a_mailing_under_way_goes_no_further() -> None:
    confirmed()
    mailing = sent_off()

    bring_back_nobody(head())

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.STOPPED
    send_all()
    assert mail.outbox == []


class FullDisk(InMemoryStorage):
    def save(self, *given: Any, **options: Any) -> str:
        raise OSError(28, "No space left on device")


ACTS: dict[str, Callable[[], object]] = {
    "erasure": lambda: carry_out(granted(Right.ERASURE, email=ZOE)),
    "objection": lambda: objects(),
    "withdrawal": lambda: withdraw(given_by(ZOE), way=Way.STAFF, language=""),
    "restriction": lambda: restricted(),
    "hold": lambda: placed_hold(),
}


@pytest.mark.promise("P5.3")
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_the_ledger_can_t_take_is_not_done(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    wrote()
    confirmed()
    monkeypatch.setitem(storages._storages, "continuity", FullDisk())  # type: ignore[attr-defined]

    with pytest.raises(LedgerUnavailable):
        act()

    assert ContactRequest.objects.filter(email=ZOE).exists()
    assert Prospect.objects.confirmed().exists()
    assert Consent.objects.live().count() == 2
    assert [model.__name__ for model in (Objection, Restriction, Hold) if model._base_manager.exists()] == []


@pytest.mark.promise("P5.6")
def test_a_visitor_is_told_to_try_again_when_the_ledger_can_t_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    consent = wrote().consent
    assert consent is not None
    monkeypatch.setitem(storages._storages, "continuity", FullDisk())  # type: ignore[attr-defined]

    answer = Client(raise_request_exception=False).post(address_of(consent))

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert Consent.objects.live().filter(pk=consent.pk).exists()


@pytest.mark.promise("P7.2")
def test_the_trail_says_that_the_data_was_put_back_and_what_was_carried_out_again() -> None:
    wrote(ZOE)
    with lost_afterwards():
        carry_out(granted(Right.ERASURE, email=ZOE))

    done = bring_back_nobody(head())

    entry = AuditEntry.objects.get(table="privacy.ledgerhead")
    assert entry.action == AuditEntry.Action.RAN
    with translation.override("en"):
        assert in_words(entry) == (
            f"the data was put back to an earlier day, lines of the ledger carried out again: 1, rows: {done.rows}"
        )


def test_no_number_given_since_the_backup_is_given_again() -> None:
    before = wrote().pk

    bring_back_nobody(head())

    assert wrote(LEO).pk > before + 500_000
