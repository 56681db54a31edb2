"""The purge on the first page: what the last one did, what is due now, when the next one comes."""

from typing import Any

from django.db.models import F, OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from privacy.panels import Line, Panel, sees
from privacy.retention.engine import Rule, rules
from privacy.retention.models import RetentionCount, RetentionRun
from privacy.retention.overview import next_run
from privacy.templatetags.privacy import grouped


def panel(user: Any) -> Panel | None:
    if not sees(user, RetentionRun):
        return None
    now = timezone.now()
    page = reverse("admin:privacy_retentionrun_rules")
    return Panel(
        name="retention",
        title=_("Purges"),
        lines=[
            _last(),
            Line(
                label=_("Come to their end since"),
                address=page,
                rows=[rule.ended(now).order_by(rule.retention.clock) for rule in rules() if not _is_elsewhere(rule)],
            ),
            Line(label=_("Next purge"), address=page, told=_moment(next_run(now))),
        ],
    )


def _is_elsewhere(rule: Rule) -> bool:
    """Whether its clock stands in another table: looking there is a join, and what ends so is erased as it ends."""
    return "__" in rule.retention.clock


def _last() -> Line:
    counts = RetentionCount.objects.filter(run=OuterRef("pk")).order_by().values("run")
    left = F("held") + F("restricted") + F("in_use")
    run: Any = (
        RetentionRun.purges()
        .annotate(
            rows=Subquery(counts.annotate(sum=Sum("rows")).values("sum")),
            left=Subquery(counts.annotate(sum=Sum(left)).values("sum")),
        )
        .first()
    )
    if run is None:
        return Line(
            label=_("Last purge"), address=reverse("admin:privacy_retentionrun_rules"), told=_("There was none yet.")
        )
    told = _("%(day)s – taken: %(rows)s, held back: %(left)s") % {
        "day": _moment(run.finished_at),
        "rows": grouped(run.rows or 0),
        "left": grouped(run.left or 0),
    }
    failed = run.outcome != RetentionRun.Outcome.DONE
    return Line(
        label=_("Last purge"),
        address=reverse("admin:privacy_retentionrun_change", args=[run.pk]),
        told=f"{told} – {run.get_outcome_display()}" if failed else told,
        waits=failed,
    )


def _moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
