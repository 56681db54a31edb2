"""A real backup, what was decided after it, and a real restore: nobody comes back, and nobody else is touched."""

from collections import Counter
from pathlib import Path

import pytest
from django.core import mail
from pyrage.x25519 import Identity
from pytest_django import Settings

from contact.models import Prospect
from privacy.continuity.backup import make_backup
from privacy.continuity.ledger import Kind
from privacy.letters.queue import deliver_due
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.rights.kinds import Right
from tests.consents.people import ZOE, wrote
from tests.continuity.own_database import database_of_its_own, restored, store_apart
from tests.fulfilment.granting import carry_out, granted
from tests.mailings.drafts import send_all, sent_off
from tests.objections.test_objecting import objects
from tests.privacy.planting import Canary, database, found_in_database
from tests.prospects.people import confirmed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P7.4")]
LEO, ANN, LATE = "leo@example.com", "ann@example.com", "after.the.backup@example.com"
OTHERS = 3
COUNTED_ON = ("privacy_ledgerhead", "privacy_audithead", "privacy_limitcount")
"""Nobody's: where the ledger and the trail end, and how many forms the whole site has taken this hour."""


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())
    store_apart(tmp_path, monkeypatch)
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.mark.promise("P5.3", "P5.5")
def test_who_was_erased_stays_erased_who_objected_gets_no_mail_and_everybody_else_is_as_they_were() -> None:
    with database_of_its_own():
        for _ in range(OTHERS):
            Canary.new().plant_everywhere()
        wrote(ANN)
        confirmed(ANN)
        enforce_retention(RetentionRun.Trigger.COMMAND)  # What is due would go after the restore as well.
        deliver_due()
        everybody_else = Counter(database(without=COUNTED_ON))
        for address in (ZOE, LEO):
            wrote(address)
            confirmed(address)
        deliver_due()
        make_backup()
        carry_out(granted(Right.ERASURE, email=ZOE))
        objects(LEO)
        wrote(LATE)

        done = restored()

        assert (done.replayed.kinds[Kind.ERASURE], done.replayed.kinds[Kind.OBJECTION]) == (1, 1)
        assert found_in_database({ZOE, LATE}) == []
        assert list((everybody_else - Counter(database(without=COUNTED_ON))).elements()) == []
        assert Prospect.objects.filter(email=LEO).exists()
        mail.outbox.clear()
        sent_off()
        send_all()
        deliver_due()
        assert [letter.to for letter in mail.outbox] == [[ANN]]
