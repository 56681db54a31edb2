"""Where each commitment stands: the one place that says what is red."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.commitments.frame import Commitment, all_commitments
from privacy.commitments.models import WatchedCommitment

TOO_LONG = timedelta(days=2)
"""Without a check for so long, nobody knows: that is red too."""


class State(TextChoices):
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Not kept")
    FAILED = "failed", _("Could not be checked")
    OVERDUE = "overdue", _("Not checked for two days")
    WAITING = "waiting", _("Not checked yet")


RED = {State.BROKEN, State.FAILED, State.OVERDUE}


@dataclass(frozen=True)
class Standing:
    commitment: Commitment
    state: State
    watched: WatchedCommitment | None = None

    @property
    def is_red(self) -> bool:
        return self.state in RED

    @property
    def is_green(self) -> bool:
        return self.state is State.KEPT

    @property
    def figure(self) -> str:
        """The last check's evidence, in the reader's words."""
        if self.watched is None or self.watched.error:
            return ""
        return self.commitment.figure(self.watched.number, self.watched.on)


def standings(now: datetime | None = None, among: Iterable[Commitment] | None = None) -> list[Standing]:
    """Each commitment and where it stands at `now`. Two queries at most, whatever the history."""
    now = now or timezone.now()
    watched = {each.name: each for each in WatchedCommitment.objects.all()}
    chosen = list(all_commitments() if among is None else among)
    began = site_began() if any(each.name not in watched for each in chosen) else None
    return [Standing(each, _state(watched.get(each.name), began, now), watched.get(each.name)) for each in chosen]


def standing_of(watched: WatchedCommitment, now: datetime | None = None) -> State:
    return _state(watched, None, now or timezone.now())


def _state(watched: WatchedCommitment | None, began: datetime | None, now: datetime) -> State:
    if watched is None:
        return State.OVERDUE if began is not None and now - began > TOO_LONG else State.WAITING
    if now - watched.checked_at > TOO_LONG:
        return State.OVERDUE
    if watched.error:
        return State.FAILED
    return State.KEPT if watched.kept else State.BROKEN


def site_began() -> datetime | None:
    """When this database was made: a site that starts is given its two days, and no commitment is given them twice."""
    applied = MigrationRecorder(connection).migration_qs.filter(app="privacy")
    first: datetime | None = applied.aggregate(first=Min("applied"))["first"]
    return first
