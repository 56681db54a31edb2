"""Entering a breach and adding to it: the only writer of the register."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.audit import services as audit
from privacy.audit.services import Action
from privacy.breaches.models import LIMIT, STANDS, Breach, BreachStatement, Decision

SAID = (
    *("aware_at", "nature", "people", "records", "categories", "consequences", "measures"),
    *("notify", "notify_because", "notified_at", "tell", "tell_because", "told_at"),
    *("correspondence", "answer_by", "closes"),
)
"""The columns of a statement that say something, in the order in which they are read and printed."""


class BreachRefused(Exception):
    """Nothing was written. `faults` has each column's fault, for the officer."""

    def __init__(self, faults: list[tuple[str, StrOrPromise]]) -> None:
        super().__init__("; ".join(str(words) for _column, words in faults))
        self.faults = faults


def enter(statement: BreachStatement, *, by: int | None) -> Breach:
    """A new breach, from its first statement. Raises BreachRefused."""
    with transaction.atomic():
        return _write(Breach(), statement, by)


def add(pk: int, statement: BreachStatement, *, by: int | None) -> Breach:
    """What was learnt, decided, done, or wrong before. Raises BreachRefused, Breach.DoesNotExist."""
    with transaction.atomic():
        return _write(Breach.objects.select_for_update().get(pk=pk), statement, by)


def faults_of(breach: Breach, statement: BreachStatement) -> list[tuple[str, StrOrPromise]]:
    """What keeps this statement from being written: a column, or an empty name for all of it, and why."""
    return list(_faults(breach, statement, timezone.now()))


def said_in(statement: BreachStatement) -> list[str]:
    """The columns in which this statement says something."""
    return [name for name in SAID if getattr(statement, name) not in (None, "", False)]


def _write(breach: Breach, statement: BreachStatement, by: int | None) -> Breach:
    if faults := faults_of(breach, statement):
        raise BreachRefused(faults)
    is_new, before, answer_by = breach.pk is None, (breach.aware_at, breach.notify), breach.answer_by
    _carry(breach, statement)
    if (breach.aware_at, breach.notify) != before:
        breach.warned = None  # Another clock, or one that runs again: its reminders begin anew.
    if breach.answer_by != answer_by:
        breach.answer_warned = None
    breach.save()
    statement.breach, statement.by_id = breach, by
    statement.save(force_insert=True)
    audit.record(Action.ADDED if is_new else Action.CHANGED, breach, by=by, details=said_in(statement))
    return breach


def _carry(breach: Breach, statement: BreachStatement) -> None:
    for name in STANDS:
        if name in ("answer_by", "closed_at"):
            continue
        if value := getattr(statement, name):
            setattr(breach, name, value)
    if statement.correspondence:
        breach.answer_by = statement.answer_by
    if statement.closes and breach.closed_at is None:
        breach.closed_at = statement.at


def _faults(breach: Breach, said: BreachStatement, now: datetime) -> Iterator[tuple[str, StrOrPromise]]:
    if not said_in(said):
        yield "", _("Nothing is said yet.")
        return
    aware_at = said.aware_at or breach.aware_at
    if aware_at is None:
        yield "aware_at", _("Say since when it is known: the clock runs from there.")
    if breach.pk is None and not said.nature:
        yield "nature", _("Say what happened, as far as it is known.")
    for name in ("aware_at", "notified_at", "told_at"):
        value = getattr(said, name)
        if value and value > now:
            yield name, _("This is still to come.")
        elif value and aware_at and value < aware_at:
            yield name, _("It was not known yet.")
    yield from _undecided(breach, said, aware_at)
    if said.answer_by and not said.correspondence:
        yield "correspondence", _("Say which letter asks for it.")
    if said.closes:
        yield from _open(breach, said)


def _undecided(breach: Breach, said: BreachStatement, aware_at: datetime | None) -> Iterator[tuple[str, StrOrPromise]]:
    if said.notify and not said.notify_because:
        yield "notify_because", _("Say why: the register has to show it.")
    if said.tell and not said.tell_because:
        yield "tell_because", _("Say why: the register has to show it.")
    if said.notified_at and (said.notify or breach.notify) != Decision.YES:
        yield "notify", _("It was notified: the decision to do so belongs here.")
    if said.told_at and (said.tell or breach.tell) != Decision.YES:
        yield "tell", _("They were told: the decision to do so belongs here.")
    notified_at, is_about_it = said.notified_at or breach.notified_at, said.notified_at or said.aware_at
    if is_about_it and notified_at and aware_at and notified_at > aware_at + LIMIT and not said.notify_because:
        yield "notify_because", _("Say why it is late (Art. 33(1)).")


def _open(breach: Breach, said: BreachStatement) -> Iterator[tuple[str, StrOrPromise]]:
    """What must be settled before a breach is closed."""
    notify, tell = said.notify or breach.notify, said.tell or breach.tell
    if not notify:
        yield "notify", _("Decide this before it is closed.")
    if not tell:
        yield "tell", _("Decide this before it is closed.")
    if notify == Decision.YES and not (said.notified_at or breach.notified_at):
        yield "notified_at", _("It is to be notified first.")
    if tell == Decision.YES and not (said.told_at or breach.told_at):
        yield "told_at", _("They are to be told first.")
    if said.answer_by if said.correspondence else breach.answer_by:
        yield "closes", _("The CNIL still awaits an answer.")
