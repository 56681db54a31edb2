"""The figures of one year, as tables that the page and the CSV both print. Days and years are those of Paris."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_stubs_ext import StrOrPromise

from privacy.breaches.models import LIMIT, Breach
from privacy.breaches.models import Decision as Decided
from privacy.commitments.checking import HISTORY
from privacy.commitments.frame import all_commitments
from privacy.commitments.models import CommitmentCheck
from privacy.rights.deadlines import PARIS, paris_day
from privacy.rights.kinds import ANSWERED, Decision, Refusal, Right, State
from privacy.rights.models import RightsRequest
from privacy.templatetags.privacy import day_in_words


@dataclass(frozen=True)
class Table:
    """One table of the report; `said` explains how it is counted, `nothing` is said when it has no row."""

    name: str
    title: StrOrPromise
    said: StrOrPromise
    columns: Sequence[StrOrPromise]
    rows: Sequence[Sequence[Any]]
    nothing: StrOrPromise


@dataclass
class _Of:
    """What is counted of one right."""

    received: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    late: int = 0
    overdue: int = 0
    extended: int = 0

    def add(self, other: "_Of") -> None:
        self.received += other.received
        self.ended += other.ended
        self.days += other.days
        self.late += other.late
        self.overdue += other.overdue
        self.extended += other.extended


def years(now: datetime | None = None) -> list[int]:
    """Those of which every record is still there, the latest first: a record stays for years after it is closed."""
    this = paris_day(now or timezone.now()).year
    kept = [
        period.years or period.months // 12 for period in (settings.RIGHTS_RECORD_RETENTION, settings.BREACH_RETENTION)
    ]
    return list(range(this, this - max(min(kept), 1), -1))


def tables(year: int, now: datetime | None = None) -> list[Table]:
    """All tables of a year, in four queries. Requests and breaches count in the year in which they became known."""
    now = now or timezone.now()
    began, ended = (datetime(each, 1, 1, tzinfo=PARIS) for each in (year, year + 1))
    by_right, grounds = _counted(began, ended, now)
    return [
        _rights(by_right),
        _delays(by_right),
        _refusals(grounds),
        _breaches(began, ended),
        _commitments(began, ended, now),
    ]


def _counted(began: datetime, ended: datetime, now: datetime) -> tuple[dict[str, _Of], Counter[tuple[str, str]]]:
    today = paris_day(now)
    by_right: defaultdict[str, _Of] = defaultdict(_Of)
    grounds: Counter[tuple[str, str]] = Counter()
    read = RightsRequest.objects.filter(received_at__gte=began, received_at__lt=ended).values_list(
        "right", "state", "decision", "refusal", "received_at", "closed_at", "due_on", "paused_at", "extended_at"
    )
    for right, state, decision, refusal, received_at, closed_at, due_on, paused_at, extended_at in read.iterator():
        of = by_right[right]
        of.received += 1
        of.extended += extended_at is not None
        if refusal:
            grounds[refusal, decision] += 1
        if state in ANSWERED and closed_at is not None:
            of.ended[decision or Decision.GRANTED] += 1
            of.days.append((paris_day(closed_at) - paris_day(received_at)).days)
            of.late += paris_day(closed_at) > due_on
        elif state == State.TAKEN_BACK:
            of.ended[state] += 1
        else:
            of.ended[State.OPEN] += 1
            of.overdue += paused_at is None and due_on < today
    return {right: by_right[right] for right in Right.values if right in by_right}, grounds


def _with_sum(by_right: dict[str, _Of]) -> Iterator[tuple[str, _Of]]:
    total = _Of()
    for right, of in by_right.items():
        yield capfirst(str(Right(right).label)), of
        total.add(of)
    if len(by_right) > 1:
        yield _("All rights"), total


def _rights(by_right: dict[str, _Of]) -> Table:
    endings = (*Decision.values, State.TAKEN_BACK, State.OPEN)
    return Table(
        name="rights",
        title=_("Requests by right"),
        said=_("Received in the year, and what became of each until today."),
        columns=[
            _("Right"),
            pgettext("requests of a report", "Received"),
            pgettext("requests of a report", "Granted"),
            pgettext("requests of a report", "Granted in part"),
            pgettext("requests of a report", "Refused"),
            pgettext("requests of a report", "Answered"),
            _("Taken back"),
            _("Still open"),
        ],
        rows=[[name, of.received, *(of.ended[ending] for ending in endings)] for name, of in _with_sum(by_right)],
        nothing=_("Nobody used a right."),
    )


def _delays(by_right: dict[str, _Of]) -> Table:
    return Table(
        name="delays",
        title=_("Time to answer"),
        said=_(
            "Days from receipt to the answer, those on which a doubt about who asks stopped the clock included. Late: "
            "answered after the legal date, or still open after it (GDPR Art. 12(3))."
        ),
        columns=[
            _("Right"),
            _("Answered"),
            _("Median, days"),
            _("Longest, days"),
            _("Answered late"),
            _("Open and late"),
            _("Time extended"),
        ],
        rows=[
            [name, len(of.days), _median(of.days), max(of.days, default="–"), of.late, of.overdue, of.extended]
            for name, of in _with_sum(by_right)
        ],
        nothing=_("Nobody used a right."),
    )


def _median(days: Sequence[int]) -> str | float:
    if not days:
        return "–"
    middle = median(days)
    return int(middle) if middle == int(middle) else middle


def _refusals(grounds: Counter[tuple[str, str]]) -> Table:
    return Table(
        name="refusals",
        title=_("Refusals, and their grounds"),
        said=_("Each was told to its person with the reason, the CNIL and the court (GDPR Art. 12(4))."),
        columns=[_("Ground"), _("Refused"), _("Refused in part")],
        rows=[
            [_in_words(ground), grounds[ground.value, Decision.REFUSED], grounds[ground.value, Decision.PARTLY]]
            for ground in Refusal
            if grounds[ground.value, Decision.REFUSED] or grounds[ground.value, Decision.PARTLY]
        ],
        nothing=_("Nothing was refused."),
    )


def _in_words(ground: Refusal) -> str:
    """As the person read it; but their letter went on with the officer's own words, which no report repeats."""
    return _("Another reason, which the person was given.") if ground is Refusal.OTHER else str(ground.label)


def _breaches(began: datetime, ended: datetime) -> Table:
    in_time, notified = Q(notified_at__lte=F("aware_at") + LIMIT), Q(notified_at__isnull=False)
    lines = {
        _("Known in the year"): Q(),
        _("Notified to the CNIL within 72 hours"): in_time,
        _("Notified later, with the reason"): notified & ~in_time,
        _("Not to be notified, with the reason"): Q(notified_at=None, notify=Decided.NO),
        _("Neither notified nor decided"): Q(notified_at=None) & ~Q(notify=Decided.NO),
        _("The people concerned were told"): Q(told_at__isnull=False),
    }
    known = Breach.objects.filter(aware_at__gte=began, aware_at__lt=ended)
    counted = known.aggregate(**{f"line_{at}": Count("pk", filter=which) for at, which in enumerate(lines.values())})
    rows = list(zip(lines, counted.values(), strict=True))
    return Table(
        name="breaches",
        title=_("Breaches of personal data"),
        said=_("What became of each until today, as the register has it (GDPR Art. 33 and 34)."),
        columns=[_("Breaches"), _("How many")],
        rows=rows if rows[0][1] else [],
        nothing=_("No breach became known."),
    )


def _commitments(began: datetime, ended: datetime, now: datetime) -> Table:
    """By days on which a check found it not kept. A check that could not be made counts as one."""
    said = {commitment.name: commitment.said for commitment in all_commitments()}
    red = (
        CommitmentCheck.objects.filter(kept=False, checked_at__gte=began, checked_at__lt=ended)
        .values("commitment__name")
        .annotate(
            days=Count(TruncDate("checked_at", tzinfo=PARIS), distinct=True),
            first=Min("checked_at"),
            last=Max("checked_at"),
        )
        .order_by("first", "commitment__name")
    )
    told = _("Each promise is checked at least once a day on the live data.")
    if began < HISTORY.before(now):
        told = f"{told} {_('Results are kept for three years: those of before are gone.')}"
    return Table(
        name="commitments",
        title=_("Commitments that were not kept"),
        said=told,
        columns=[_("Commitment"), _("Days"), _("First day"), _("Last day")],
        rows=[
            [
                str(said.get(row["commitment__name"], row["commitment__name"])),
                row["days"],
                *(day_in_words(paris_day(row[when])) for when in ("first", "last")),
            ]
            for row in red
        ],
        nothing=_("Every check found every commitment kept."),
    )
