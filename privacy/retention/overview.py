"""Every rule in words, with how many rows it will take and when: what the officer and an auditor read in the admin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from privacy.capped import Count as Capped
from privacy.declarations import Exempt, PersonalData, Then
from privacy.periods import Period
from privacy.registry import Registry, column_of, registry
from privacy.retention.engine import Rule, rules
from privacy.retention.models import RetentionCount, RetentionRun
from privacy.templatetags.privacy import in_words

MOST = 10_000
"""Counting stops there: nobody decides anything by the exact number above, and a page may not read a million rows."""
SOON = timedelta(days=1)
LATER = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class RuleInWords:
    """One rule as the page shows it. `setting` is where its period is set; empty when the clock is itself the end."""

    label: str
    what: str
    sentence: str
    setting: str
    now: Capped
    tomorrow: Capped
    in_a_month: Capped
    last: RetentionCount | None


@dataclass(frozen=True, kw_only=True)
class NoRule:
    """A table whose rows have no period of their own, and what takes them along."""

    what: str
    because: str


def rules_in_words(now: datetime, among: Registry = registry) -> list[RuleInWords]:
    """Every rule there is, by the name of its table. One query each, that reads at most MOST rows of an index."""
    last = last_counts()
    found = [_told(rule, now, last.get(rule.label)) for rule in rules(among)]
    return sorted(found, key=lambda rule: rule.what)


def without_rule(among: Registry = registry) -> list[NoRule]:
    """The other tables that hold personal data, with the reason."""
    tables = [
        NoRule(what=name_of(table), because=str(table.retention.because))
        for table in among.tables()
        if isinstance(table.retention, Exempt)
    ]
    return sorted(tables, key=lambda table: table.what)


def last_counts() -> dict[str, RetentionCount]:
    """What the last purge that ended did, by rule."""
    last = RetentionRun.purges().first()
    return {} if last is None else {count.rule: count for count in last.counts.all()}


def next_run(now: datetime) -> datetime:
    """When beat asks for the next purge."""
    schedule: Any = settings.CELERY_BEAT_SCHEDULE["enforce-retention"]["schedule"]
    local = timezone.localtime(now)
    (hour,), (minute,) = schedule.hour, schedule.minute
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at if at > local else timezone.make_aware(at.replace(tzinfo=None) + timedelta(days=1))


def sentence_of(rule: Rule) -> str:
    period = rule.retention.keep()
    clock = str(getattr(column_of(rule.table.model, rule.retention.clock), "verbose_name", rule.retention.clock))
    anonymised = rule.retention.then is Then.ANONYMISE
    if period == Period() and anonymised:
        told = _("Anonymised once the date “%(clock)s” is past.")
    elif period == Period():
        told = _("Deleted once the date “%(clock)s” is past.")
    elif anonymised:
        told = _("Anonymised %(period)s after the date “%(clock)s”.")
    else:
        told = _("Deleted %(period)s after the date “%(clock)s”.")
    return told % {"clock": clock, "period": in_words(period)}


def name_of(table: PersonalData) -> str:
    return capfirst(str(table.model._meta.verbose_name_plural))


def named_rules(among: Registry = registry) -> dict[str, str]:
    """The name of each rule's table, by the label that runs write down."""
    return {rule.label: name_of(rule.table) for rule in rules(among)}


def _told(rule: Rule, now: datetime, last: RetentionCount | None) -> RuleInWords:
    counts = _counts(rule, now)
    keep = rule.retention.keep
    return RuleInWords(
        label=rule.label,
        what=name_of(rule.table),
        sentence=sentence_of(rule),
        setting=getattr(keep, "__name__", "") if keep() != Period() else "",
        now=Capped(counts["now"], MOST),
        tomorrow=Capped(counts["tomorrow"], MOST),
        in_a_month=Capped(counts["in_a_month"], MOST),
        last=last,
    )


def _counts(rule: Rule, now: datetime) -> dict[str, int]:
    """In the order of the clock, so that PostgreSQL walks its index and stops."""
    rows = rule.expired(now + LATER).order_by(rule.retention.clock).annotate(ends=rule.end).values("ends")
    counts: dict[str, int] = rows[: MOST + 1].aggregate(
        now=Count("ends", filter=Q(ends__lte=now)),
        tomorrow=Count("ends", filter=Q(ends__lte=now + SOON)),
        in_a_month=Count("ends"),
    )
    return counts
