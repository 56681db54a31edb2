"""Who was given another address after the backup, and erased or objecting under it, is found under the former one."""

from collections.abc import Callable
from typing import Any

import pytest

from contact.models import ContactRequest, Prospect
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.continuity import ledger, replay
from privacy.continuity.ledger import Kind, head
from privacy.continuity.replay import Replayed, bring_back_nobody
from privacy.erasure import erase_person
from privacy.letters.queue import deliver_due
from privacy.models import Consent
from privacy.objections.models import Objection
from privacy.registry import registry
from privacy.restrictions.keeping import is_restricted
from privacy.rights.fulfilment import correcting
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import decide, locked
from tests.consents.people import ZOE, wrote
from tests.continuity.test_replay import LEO, lost_afterwards, placed_hold, played, restricted
from tests.fulfilment.granting import carry_out, granted
from tests.objections.test_objecting import objects, proves
from tests.prospects.people import confirmed
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.4")]
NEW, NEWER = "zoe.new@example.com", "zoe.newer@example.com"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def moved(before: str = ZOE, after: str = NEW, *, tables: tuple[type, ...] = (ContactRequest, Prospect)) -> None:
    request = proved(Right.RECTIFICATION, email=before)
    addresses = [choice for choice in correcting.choices(request) if choice.is_address and choice.table.model in tables]
    wanted = {choice.key: after for choice in addresses}
    correcting.prepare(request.pk, wanted, by=None)  # type: ignore[arg-type]
    decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out(RightsRequest.objects.get(pk=request.pk))


def erased(address: str = NEW) -> None:
    carry_out(granted(Right.ERASURE, email=address))


@pytest.mark.promise("P5.3")
def test_who_was_erased_under_a_new_address_is_erased_again_and_nobody_else_is() -> None:
    for address in (ZOE, LEO):
        wrote(address)
        confirmed(address)
    deliver_due()
    with lost_afterwards():
        moved()
        moved(NEW, NEWER)
        erased(NEWER)
    assert ContactRequest.objects.filter(email=ZOE).exists()

    done = played()

    assert done.rows > 0
    assert list(ContactRequest.objects.exclude(email="").values_list("email", flat=True)) == [LEO]
    assert [prospect.email for prospect in Prospect.objects.all()] == [LEO]
    assert Consent.objects.live().count() == 2


ACTS: dict[str, Callable[[], object]] = {
    "objection to marketing": lambda: objects(NEW),
    "objection to all": lambda: proves(objects(NEW, right=Right.OBJECTION)),
    "withdrawal": lambda: withdraw(given_by(NEW), way=Way.STAFF, language=""),
    "restriction": lambda: restricted(NEW),
}


@pytest.mark.promise("P5.4", "P5.5", "P5.6")
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_is_sent_to_the_former_address_of_who_wished_for_none_under_the_new_one(
    act: Callable[[], object],
) -> None:
    wrote()
    prospect = confirmed()
    with lost_afterwards():
        moved()
        act()
    assert Prospect.objects.confirmed().exists()

    played()

    table = registry.table(Prospect)
    may_be_written_to = Prospect.objects.confirmed().exclude(is_restricted(table)).filter(pk=prospect.pk)
    assert not may_be_written_to.exclude(subject_key__in=Objection.objects.values("subject_key")).exists()


@pytest.mark.promise("P8.3")
def test_a_hold_under_the_new_address_keeps_the_rows_under_the_former_one() -> None:
    wrote()
    with lost_afterwards():
        moved()
        placed_hold(NEW)

    played()
    erase_person(ZOE)

    assert ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.3")
def test_what_was_left_under_the_former_address_stays() -> None:
    wrote()
    confirmed()
    with lost_afterwards():
        moved(tables=(ContactRequest,))
        erased()
        assert Prospect.objects.filter(email=ZOE).exists()

    played()

    assert not ContactRequest.objects.filter(email=ZOE).exists()
    assert Prospect.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.3")
def test_who_writes_under_an_address_that_somebody_gave_up_before_the_backup_is_somebody_else() -> None:
    wrote(ZOE)
    moved()
    wrote(ZOE)
    with lost_afterwards():
        erased()

    played()

    assert list(ContactRequest.objects.exclude(email="").values_list("email", flat=True)) == [ZOE]


@pytest.mark.promise("P5.3")
def test_a_replay_cut_off_after_the_correction_still_knows_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(ZOE)
    with lost_afterwards():
        moved()
        erased()

    def power_cut(line: ledger.Line, done: Replayed) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setitem(replay.ACTS, Kind.ERASURE, power_cut)
        with pytest.raises(KeyboardInterrupt):
            replay.replay(head())

    played()

    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.3")
def test_a_restore_that_is_over_leaves_former_addresses_to_the_officer() -> None:
    wrote(ZOE)
    with lost_afterwards():
        moved()
    bring_back_nobody(head())
    with lost_afterwards():
        wrote(NEW)
        erased()

    played()

    assert ContactRequest.objects.filter(email=ZOE).exists()


def test_the_line_of_a_correction_holds_no_address() -> None:
    wrote(ZOE)
    start: Any = head()

    moved()

    written = "".join(line.written().decode() for line in ledger.lines_after(start))
    assert "rectification" in written
    assert "example.com" not in written
