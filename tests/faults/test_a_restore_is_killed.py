"""kill -9 of a restore between its steps: the live database stands as it was, or the restored one does, whole."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pyrage.x25519 import Identity
from pytest_django import Settings

from contact.models import ContactRequest
from privacy.continuity.age import drill_key_file
from privacy.continuity.backup import make_backup
from privacy.continuity.private import remove_leftovers
from privacy.rights.kinds import Right
from tests.consents.people import wrote
from tests.continuity.own_database import beside, database_of_its_own, store_in
from tests.faults.test_killed_at_each_step import KILLED, ask, stepwise
from tests.fulfilment.granting import carry_out, granted
from tests.post_office import wait_until
from tests.privacy.planting import database, found_in_database

pytestmark = [
    pytest.mark.faults,
    pytest.mark.services,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.promise("P7.3", "P7.4"),
]
ERASED, ANN, LATER = "erased@example.com", "ann@example.com", "written.later@example.com"
FILLING = 16
"""Steps until a database is made and filled for it: each of them is tried."""
SWITCHING = 3
"""Steps in which that takes the live one's place: each of them too."""
BETWEEN = 16
"""Places to die at over all the others: the comparison, the ledger, the purge, the commitments."""


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())
    store_in(tmp_path / "storage", monkeypatch)
    yield
    drill_key_file().unlink(missing_ok=True)


def points(steps: int) -> list[int]:
    """Before the last of them, the restored database stands in the live one's place already."""
    between = range(FILLING, steps - SWITCHING, (steps - SWITCHING - FILLING) // BETWEEN)
    return [*range(1, FILLING), *between, *range(steps - SWITCHING, steps + 1)]


def live_rows() -> Counter[str]:
    """Those of the database that a restore would replace; nobody is connected to it afterwards."""
    rows = Counter(database())
    connection.close()
    return rows


def nobody_is_at_it() -> bool:
    """Whether the server has noticed that whoever was restoring is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return bool(cursor.fetchone() == (0,))


@pytest.mark.promise("P5.3")
def test_a_restore_killed_at_any_step_leaves_the_live_database_as_it_was_or_the_restored_one_whole(
    tmp_path: Path,
) -> None:
    ledger, kept = tmp_path / "storage/ledger", tmp_path / "kept"
    with database_of_its_own() as live, stepwise("restore", tmp_path / "storage") as process:
        wrote(ERASED)
        wrote(ANN)
        assert make_backup() is not None
        carry_out(granted(Right.ERASURE, email=ERASED))
        shutil.copytree(ledger, kept)
        connection.close()
        steps = int(ask(process, 0))
        wrote(LATER)
        before = live_rows()
        for point in points(steps):
            shutil.rmtree(ledger)
            shutil.copytree(kept, ledger)  # As it is kept elsewhere, so that each attempt takes the same steps.
            assert ask(process, point) == KILLED, f"{point} of {steps}"
            wait_until(nobody_is_at_it, 20, "the server has noticed")
            assert (live_rows() == before) is (point < steps), f"{point} of {steps}"

        for _again in range(2):
            assert found_in_database({ERASED, LATER}) == []
            assert ContactRequest.objects.filter(email=ANN).exists()
            connection.close()
            assert int(ask(process, 0)) > 0
        assert [name for name in beside() if "_before_" not in name] == [live]
        assert remove_leftovers() == 0
