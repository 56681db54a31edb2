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
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Func, Q, QuerySet
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from privacy.declarations import PersonalData, Retention
from privacy.erasure import BATCH, empty
from privacy.holds.keeping import keep_holds_still
from privacy.letters.files import forget_old_files
from privacy.periods import Period
from privacy.registry import Registry, registry
from privacy.restrictions.keeping import purgeable
from privacy.retention.models import RetentionCount, RetentionRun

logger = logging.getLogger(__name__)

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

    def expired(self, now: datetime) -> QuerySet[Any]:
        """The rows whose period ended at or before `now`, and that neither a hold nor a restriction keeps.

        The first condition finds them by the clock's index; the second, exact, lets PostgreSQL count the calendar
        forward from each clock (29 February and a year is 28 February).
        """
        clock = self.retention.clock
        rows = self.table.model._base_manager.filter(**{f"{clock}__lte": self.cutoff(now) + MONTH_ENDS}).filter(
            Q(_after(clock, self.retention.keep(), now))
        )
        rows = rows.filter(**{self.retention.mark: False}) if self.table.anonymised else rows
        return purgeable(self.table, rows, self.among)

    def batch(self, now: datetime) -> QuerySet[Any]:
        """The expired rows that nobody else holds, the oldest first, as the clock's index has them; locked."""
        return (
            self.expired(now).order_by(self.retention.clock).select_for_update(skip_locked=True, of=("self",))[:BATCH]
        )


def _after(clock: str, period: Period, now: datetime) -> Any:
    interval = Func(Value(period.years), Value(period.months), Value(0), Value(period.days), function="make_interval")
    end: Any = CombinedExpression(F(clock), "+", interval, output_field=DateTimeField())
    return LessThanOrEqual(end, Value(now, output_field=DateTimeField()))


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
    _note_killed_runs()
    run = RetentionRun.objects.create(trigger=trigger, dry_run=dry_run, started_at=now, seen_at=timezone.now())
    failed = False
    for rule in rules(among):
        count = RetentionCount.objects.create(run=run, rule=rule.label, cutoff=now)
        try:
            count.cutoff = rule.cutoff(now)
            if dry_run:
                count.rows = rule.expired(now).count()
            else:
                for rows, with_them in _batches(rule, now, among):
                    count.rows += rows
                    count.with_them += with_them
                    count.save(update_fields=["rows", "with_them"])
                    RetentionRun.objects.filter(pk=run.pk).update(seen_at=timezone.now())
                    if progress is not None:
                        progress(rule, rows)
        except Exception as error:  # Whatever broke this rule, the other tables' time has come too.
            failed = True
            count.error = type(error).__name__
            logger.exception("The retention rule of %s failed.", rule.label)
        count.save(update_fields=["cutoff", "rows", "with_them", "error"])
    if not dry_run:
        forget_old_files(now)
    run.outcome = RetentionRun.Outcome.FAILED if failed else RetentionRun.Outcome.DONE
    run.finished_at = run.seen_at = timezone.now()
    run.save(update_fields=["outcome", "finished_at", "seen_at"])
    return run


def _batches(rule: Rule, now: datetime, among: Registry) -> Iterator[tuple[int, int]]:
    """Empty one batch after another; each is a transaction. Yields rows taken, and rows of other tables with them."""
    while True:
        with transaction.atomic():
            keep_holds_still()
            keys = list(rule.batch(now).values_list("pk", flat=True))
            done = empty(rule.table, keys, among, then=rule.retention.then)
        if keys:
            yield len(keys), sum(done.values()) - len(keys)
        if len(keys) < BATCH:
            return


def _note_killed_runs() -> None:
    RetentionRun.objects.filter(outcome=RetentionRun.Outcome.RUNNING, seen_at__lt=timezone.now() - SIGN_OF_LIFE).update(
        outcome=RetentionRun.Outcome.INTERRUPTED, finished_at=F("seen_at")
    )
