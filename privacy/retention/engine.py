"""The retention engine: empties every row whose time has come, in every declared table (P8.0, P8.4).

What is dangerous: what it takes is gone for good, and it runs unattended over every table that holds people's data.

What always holds:
- Only a declared rule takes a row, and only once `clock + period <= now`, counted on the calendar in UTC.
- What a hold keeps, or a restriction covers, is left alone, even one placed while a run goes on
  (privacy/holds/keeping.py, privacy/restrictions/keeping.py).
- Expiry is checked again inside the write: a batch is one transaction that locks its rows (`FOR UPDATE SKIP LOCKED`)
  with the rule's own condition, empties them with all that goes with them, and commits. Killed in between, it leaves
  rows either whole or emptied, and the next run goes on.
- The engine keeps no state: two runs at once share the rows and take none twice.
- A rule that fails is recorded and does not stop the others.
- What is left although it is due is counted with the reason (privacy/retention/held_back.py).
- A run that ended is one line of the audit trail, however many rows it took.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Func, Q, QuerySet
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from privacy.any_of import keys_of
from privacy.audit.services import Action, record
from privacy.declarations import PersonalData, Retention, Then
from privacy.erasure import delete_alone, empty, goes_alone
from privacy.holds.keeping import keep_holds_still
from privacy.letters.files import forget_old_files
from privacy.registry import Registry, registry
from privacy.restrictions.guard import nothing_is_restricted
from privacy.restrictions.keeping import in_force, purgeable
from privacy.retention.held_back import held_back
from privacy.retention.models import RetentionCount, RetentionRun

logger = logging.getLogger(__name__)

FIRST = 1000
"""Rows in the first transaction of a rule. The next ones grow while they are quick, and shrink when they are not."""
BATCH = 8000
"""At most so many rows in one transaction, however quick: a killed run loses little."""
QUICK = 0.25
"""Seconds. Twice as many rows take about twice as long: locks stay short."""
MONTH_ENDS = timedelta(days=4)
"""How far counting back from now may differ from counting forward from the clock, at the ends of months."""
SIGN_OF_LIFE = timedelta(minutes=15)
"""A run that has written nothing for so long was killed."""


@dataclass(frozen=True)
class Rule:
    """One table's period, ready to run."""

    table: PersonalData
    retention: Retention
    among: Registry = registry

    @property
    def label(self) -> str:
        """The table, and the clock where it is not the table's main one."""
        main = self.retention is self.table.retention
        return self.table.label if main else f"{self.table.label}.{self.retention.clock}"

    def cutoff(self, now: datetime) -> datetime:
        """About the clock of the youngest expired row, for the record of a run; UTC."""
        return self.retention.keep().before(now.astimezone(UTC))

    @property
    def end(self) -> Any:
        """The end of a row's period, in SQL, which counts the calendar as privacy/periods.py does."""
        period = self.retention.keep()
        interval = Func(
            Value(period.years), Value(period.months), Value(0), Value(period.days), function="make_interval"
        )
        return CombinedExpression(F(self.retention.clock), "+", interval, output_field=DateTimeField())

    def ended(self, now: datetime) -> QuerySet[Any]:
        """The rows whose period ended at or before `now`, whatever keeps them.

        The first condition finds them by the clock's index; the second, exact, lets PostgreSQL count the calendar
        forward from each clock (29 February and a year is 28 February).
        """
        clock = self.retention.clock
        rows = self.table.model._base_manager.filter(**{f"{clock}__lte": self._latest_clock(now)}).filter(
            Q(LessThanOrEqual(self.end, Value(now, output_field=DateTimeField())))
        )
        return rows.filter(**{self.retention.mark: False}) if self.table.anonymised else rows

    def expired(self, now: datetime, kinds: Collection[str] | None = None) -> QuerySet[Any]:
        """Those that neither a hold nor a restriction keeps; `kinds` are those in force, where they are known."""
        return purgeable(self.table, self.ended(now), self.among, kinds)

    def _latest_clock(self, now: datetime) -> datetime:
        """Rows that go in order wait at the ends of months: a year from 29 February ends before one from 28 at noon."""
        return self.cutoff(now) + (timedelta() if self.retention.in_order else MONTH_ENDS)

    def batch(self, now: datetime, rows: int = BATCH, kinds: Collection[str] | None = None) -> QuerySet[Any]:
        """The expired rows that nobody else holds, the oldest first, as the clock's index has them; locked."""
        oldest = self.expired(now, kinds).order_by(self.retention.clock)
        return oldest.select_for_update(skip_locked=not self.retention.in_order, of=("self",))[:rows]


def rules(among: Registry = registry) -> Iterator[Rule]:
    for table in among.tables():
        for retention in table.rules:
            yield Rule(table, retention, among)


Progress = Callable[[Rule, int], None]
"""Called with a rule and the number of rows it has just taken."""


def enforce_retention(
    trigger: RetentionRun.Trigger,
    *,
    dry_run: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
    among: Registry = registry,
) -> RetentionRun:
    """Run every rule once and return the record of the run; its outcome says whether each rule went through.

    A dry run counts what is due and changes nothing. `now` is an aware date and time. To be called outside any
    transaction.
    """
    now = now or timezone.now()
    run = RetentionRun.objects.create(trigger=trigger, dry_run=dry_run, started_at=now, seen_at=timezone.now())
    return carry_out(run, progress=progress, among=among)


def carry_out(run: RetentionRun, *, progress: Progress | None = None, among: Registry = registry) -> RetentionRun:
    """Do a run that is written down, with the time it started as now."""
    _note_killed_runs()
    failed = False
    for rule in rules(among):
        count = RetentionCount.objects.create(run=run, rule=rule.label, cutoff=run.started_at)
        try:
            _run_rule(run, rule, count, progress)
        except Exception as error:  # Whatever broke this rule, the other tables' time has come too.
            failed = True
            count.error = type(error).__name__
            logger.exception("The retention rule of %s failed.", rule.label)
        count.save()
    if not run.dry_run:
        forget_old_files(run.started_at)
    run.outcome = RetentionRun.Outcome.FAILED if failed else RetentionRun.Outcome.DONE
    run.finished_at = run.seen_at = timezone.now()
    with transaction.atomic():
        run.save(update_fields=["outcome", "finished_at", "seen_at"])
        if not run.dry_run:
            record(Action.RAN, run, by=None)
    return run


def _run_rule(run: RetentionRun, rule: Rule, count: RetentionCount, progress: Progress | None) -> None:
    now = run.started_at
    count.cutoff = rule.cutoff(now)
    before = held_back(rule, now)
    count.due = before.held + before.restricted + before.others
    count.held, count.restricted = before.held, before.restricted
    if run.dry_run:
        count.rows = before.others
        return
    if before.others:
        count.save()  # Whoever watches sees how far there is to go.
    for rows, _ in batches(rule, now, count):
        if progress is not None:
            progress(rule, rows)
    left = held_back(rule, now)
    count.held, count.restricted, count.in_use = left.held, left.restricted, left.others


def batches(rule: Rule, now: datetime, count: RetentionCount) -> Iterator[tuple[int, int]]:
    """Empty one batch after another; each is a transaction, and the run's record of it is in the same.

    Yields rows taken, and rows of other tables with them.
    """
    size = min(FIRST, BATCH)
    while True:
        began = time.monotonic()
        with transaction.atomic():
            keep_holds_still()
            rows, with_them = _take(rule, now, size)
            if rows:
                written = RetentionCount.objects.filter(pk=count.pk)
                written.update(rows=count.rows + rows, with_them=count.with_them + with_them)
                RetentionRun.objects.filter(pk=count.run_id).update(seen_at=timezone.now())
        seconds = time.monotonic() - began
        if rows:
            count.rows += rows
            count.with_them += with_them
            yield rows, with_them
        if rows < size:
            return
        if seconds < QUICK:
            size = min(size * 2, BATCH)
        elif seconds > QUICK * 4:
            size = max(size // 2, min(FIRST, BATCH))


def _take(rule: Rule, now: datetime, size: int) -> tuple[int, int]:
    """Empty at most so many rows; returns how many, and how many of other tables with them."""
    kinds = in_force()
    if "restriction" not in kinds:
        nothing_is_restricted()
    chosen = rule.batch(now, size, kinds)
    if rule.retention.then is Then.DELETE and goes_alone(rule.table, rule.among):
        return delete_alone(chosen), 0
    keys = keys_of(rule.table.model, chosen.values_list("pk", flat=True))
    done = empty(rule.table, keys, rule.among, then=rule.retention.then)
    return len(keys), sum(done.values()) - len(keys)


def _note_killed_runs() -> None:
    RetentionRun.objects.filter(outcome=RetentionRun.Outcome.RUNNING, seen_at__lt=timezone.now() - SIGN_OF_LIFE).update(
        outcome=RetentionRun.Outcome.INTERRUPTED, finished_at=F("seen_at")
    )
