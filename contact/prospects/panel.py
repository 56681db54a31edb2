"""Who is on the list for news, on the first page of the admin."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.prospects.models import Prospect
from privacy.charts import Chart, Series
from privacy.panels import Line, Panel, list_of, sees

MOST = 100_000
"""The drawing counts so many a year by the index of the last contact, and no more."""


def panel(user: Any) -> Panel | None:
    if not sees(user, Prospect):
        return None
    now = timezone.now().astimezone(UTC)
    years = range(now.year, settings.PROSPECT_RETENTION.after(now).year + 1)
    return Panel(
        name="prospects",
        title=_("List for news"),
        lines=[
            Line(
                label=_("Waiting for their confirmation"),
                address=list_of(Prospect, "state=pending"),
                rows=[Prospect.objects.filter(pending_until__isnull=False).order_by("pending_until")],
            )
        ],
        tallies={str(year): _ending_in(year)[: MOST + 1] for year in years},
        charts=lambda counted: [by_year_of_expiry(years, counted)],
    )


def by_year_of_expiry(years: Sequence[int], counted: Mapping[str, int]) -> Chart:
    """Those confirmed, by the year in which the purge deletes them if they are not in touch before (P8.2)."""
    return Chart(
        name="prospects-by-year",
        title=_("People on the list for news, by the year in which they are deleted"),
        over=_("year"),
        labels=[str(year) for year in years],
        short=[str(year) for year in years],
        series=[Series(_("people"), [counted[str(year)] for year in years])],
        nothing=_("Nobody is on the list."),
        most=MOST,
    )


def _ending_in(year: int) -> QuerySet[Prospect]:
    """As the purge counts, to the day: the ends of months aside."""
    begin, end = (settings.PROSPECT_RETENTION.before(datetime(each, 1, 1, tzinfo=UTC)) for each in (year, year + 1))
    return Prospect.objects.filter(last_contact_at__gte=begin, last_contact_at__lt=end).order_by("last_contact_at")
