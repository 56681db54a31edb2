"""A clock that was ahead for a while, and is right again, hides nothing that is not done since (P7.3, P7.4, P8.4)."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from privacy.commitments.checking import check_commitments, due
from privacy.commitments.frame import all_commitments
from privacy.commitments.in_time import last_purge
from privacy.continuity.commitments import backups_past_their_time, last_backup, last_drill
from privacy.continuity.drill import drill
from privacy.continuity.models import Backup
from privacy.continuity.rotation import kept, next_kind, rotate
from privacy.continuity.storage import continuity
from privacy.continuity.tasks import back_up_nightly
from privacy.models import WatchedCommitment
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.retention.overview import last_counts

pytestmark = [pytest.mark.promise("P7.4", "P7.5"), pytest.mark.usefixtures("own_files")]
MONTH, DAY = timedelta(days=30), timedelta(days=1)


def nothing(text: str) -> None:
    """What is said on the way is of no interest."""


def ahead() -> time_machine.travel:
    return time_machine.travel(timezone.now() + MONTH)


@pytest.mark.django_db(transaction=True)
def test_the_next_night_has_its_backup_and_the_next_drill_tries_that_one() -> None:
    with ahead():
        back_up_nightly()
        assert drill(nothing).passed
    now = timezone.now()
    assert not last_backup(now).kept
    assert not last_drill(now).kept

    back_up_nightly()

    assert Backup.objects.filter(state=Backup.State.STORED).count() == 2
    done = drill(nothing)
    assert done.passed, done.problem
    assert last_backup(timezone.now()).on == kept().order_by("-pk")[0].made_at
    assert last_drill(timezone.now()).kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P5.3")
def test_a_backup_dated_in_the_future_is_told_until_somebody_deletes_it() -> None:
    with ahead():
        back_up_nightly()
    back_up_nightly()
    late = kept()[0]

    found = backups_past_their_time(timezone.now())

    assert (found.kept, found.where) == (False, [late.name])
    Path(continuity().path(late.name)).unlink()
    rotate(timezone.now())
    assert backups_past_their_time(timezone.now()).kept
    assert kept().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_is_behind_takes_no_backup_for_old() -> None:
    back_up_nightly()

    with time_machine.travel(timezone.now() - MONTH):
        back_up_nightly()
        rotate(timezone.now())

    assert kept().count() == 2


@pytest.mark.django_db
def test_one_weekly_backup_of_a_month_to_come_makes_no_weekly_one_of_each() -> None:
    now = timezone.now()
    for at in (now + MONTH, now):
        Backup.objects.create(name=f"{at}", kind=Backup.Kind.WEEKLY, state=Backup.State.STORED, made_at=at)

    assert next_kind(now) == Backup.Kind.DAILY


@pytest.mark.django_db
@pytest.mark.promise("P8.4")
def test_the_last_purge_is_the_one_that_was_made_last() -> None:
    with ahead():
        enforce_retention(RetentionRun.Trigger.BEAT)
    assert not last_purge(timezone.now()).kept

    run = enforce_retention(RetentionRun.Trigger.BEAT)

    assert last_purge(timezone.now()).on == run.finished_at
    assert {count.run_id for count in last_counts().values()} == {run.pk}


@pytest.mark.django_db
@pytest.mark.promise("P7.5")
def test_commitments_are_checked_again_the_same_day() -> None:
    chosen = all_commitments()[:1]
    with ahead():
        check_commitments(chosen)
    assert chosen[0] in due(timezone.now())

    check_commitments(chosen)

    assert WatchedCommitment.objects.get(name=chosen[0].name).checked_at <= timezone.now()
    assert chosen[0] not in due(timezone.now())
