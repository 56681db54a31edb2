"""Databases beside the live one hold people's data, erased people's too: none stays because somebody was killed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from psycopg import sql

from privacy.continuity import databases
from privacy.continuity.alone import alone
from privacy.continuity.models import Backup
from privacy.continuity.programs import Server
from privacy.continuity.refusal import Refused
from privacy.continuity.restore import FORMER_KEPT, drop_formers
from privacy.continuity.tasks import back_up_nightly
from tests.continuity.own_database import beside, database_of_its_own

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.promise("P5.3", "P7.4"),
    pytest.mark.usefixtures("own_files"),
]


def left_by(*names: str) -> None:
    """What a killed restore, or one that is over, leaves beside the database."""
    with databases.standing_elsewhere(Server.of_the_site()) as session:
        for name in names:
            session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def test_what_a_killed_restore_or_drill_left_goes_with_the_next_night() -> None:
    with database_of_its_own() as live:
        former = databases.former_name(live, timezone.now())
        left_by(databases.beside(live, "restoring"), databases.beside(live, "drill"), former)

        back_up_nightly()

        assert beside() == [live, former]
        assert drop_formers(timezone.now() + FORMER_KEPT - timedelta(minutes=1)) == []
        assert drop_formers(timezone.now() + FORMER_KEPT) == [former]


def test_the_operator_drops_what_was_put_aside_without_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    with database_of_its_own() as live:
        former = databases.former_name(live, timezone.now())
        left_by(former)

        call_command("drop_former")
        call_command("drop_former")

        assert beside() == [live]
    assert capsys.readouterr().out == f"Dropped: {former}.\nThere was none.\n"


def test_what_a_restore_is_filling_now_is_left_to_it() -> None:
    with database_of_its_own() as live:
        filling = databases.beside(live, "restoring")
        left_by(filling)
        server = Server.of_the_site()
        with databases.standing_elsewhere(server) as session, alone(server, "restore", at=session.info.dbname):
            assert drop_formers(timezone.now(), at_once=True) == []

        assert filling in beside()


def test_a_night_on_which_nothing_can_be_dropped_has_its_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise Refused("No way.")

    monkeypatch.setattr("privacy.continuity.tasks.drop_formers", refused)

    back_up_nightly()

    assert Backup.objects.get().state == Backup.State.STORED
