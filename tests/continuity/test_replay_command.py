"""`manage.py replay_ledger`, for a database that came back by other means than a restore (P5.3, P7.4)."""

import io
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from privacy.audit.anchors import anchor, anchors
from privacy.audit.verifying import verify
from privacy.continuity import ledger, replay
from privacy.continuity.ledger import Kind, LedgerLacksHead
from privacy.continuity.replay import Replayed
from privacy.rights.kinds import Right
from tests.audit.chain import seal, write
from tests.consents.people import ZOE, wrote
from tests.continuity.test_replay import lost_afterwards
from tests.fulfilment.granting import carry_out, granted
from tests.privacy.planting import database

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.4")]


@pytest.fixture(autouse=True)
def _at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own server runs already, and is not to be stopped."""
    monkeypatch.setattr("customerlabs.management.commands.replay_ledger.database_alone", nullcontext)
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def test_the_command_says_what_it_did_and_names_nobody() -> None:
    wrote(ZOE)
    with lost_afterwards():
        request = carry_out(granted(Right.ERASURE, email=ZOE))
    said = io.StringIO()

    call_command("replay_ledger", stdout=said)

    assert "Erasures 1 (" in said.getvalue()
    assert ZOE not in said.getvalue()
    assert request.reference not in said.getvalue()
    again = io.StringIO()
    call_command("replay_ledger", stdout=again)
    assert "nothing to carry out" in again.getvalue()


@pytest.mark.promise("P7.2")
def test_the_command_cut_off_at_its_last_step_takes_it_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with lost_afterwards():
        write(1)
        anchor()

    def power_cut(done: Replayed) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(replay, "_say_where_the_trail_goes_on", power_cut)
        with pytest.raises(KeyboardInterrupt):
            call_command("replay_ledger", stdout=io.StringIO())
    seal()
    assert not verify(anchors()).is_whole

    for _again in range(2):
        call_command("replay_ledger", stdout=io.StringIO())

    seal()
    assert verify(anchors()).is_whole
    assert [line.kind for line in ledger.all_lines()].count(Kind.RESTORED) == 1


def test_the_command_has_nothing_to_do_where_nothing_was_ever_written() -> None:
    said = io.StringIO()

    call_command("replay_ledger", stdout=said)

    assert "nothing to carry out" in said.getvalue()
    assert ledger.end() == ledger.NOWHERE
    with pytest.raises(LedgerLacksHead):
        replay.replay(ledger.Head(3, "f" * 64))


def test_the_command_touches_nothing_when_the_ledger_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(ZOE)
    with lost_afterwards():
        carry_out(granted(Right.ERASURE, email=ZOE))
    before = list(database())
    with transaction.atomic():
        ledger.move_head(ledger.Head(41, "f" * 64))

    with pytest.raises(CommandError):
        call_command("replay_ledger", stdout=io.StringIO())

    assert [row for row in database() if "ledgerhead" not in row] == [row for row in before if "ledgerhead" not in row]
