"""The commitments on the first page: which are not kept and since when, and how many are."""

from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from privacy.commitments.models import WatchedCommitment
from privacy.commitments.standing import Standing, standings
from privacy.panels import Line, Panel, list_of, sees
from privacy.templatetags.privacy import grouped


def panel(user: Any) -> Panel | None:
    """Two queries at most."""
    if not sees(user, WatchedCommitment):
        return None
    found = standings()
    red = [standing for standing in found if standing.is_red]
    green = sum(standing.is_green for standing in found)
    unknown = len(found) - green - len(red)
    lines = [_red(standing) for standing in red]
    lines.append(
        Line(label=_("Commitments kept"), address=list_of(WatchedCommitment, "kept__exact=1"), told=grouped(green))
    )
    if unknown:
        lines.append(Line(label=_("Not checked yet"), address=list_of(WatchedCommitment), told=grouped(unknown)))
    title = _("Commitments that are not kept") if red else _("Commitments")
    return Panel(name="commitments", title=title, lines=lines)


def _red(standing: Standing) -> Line:
    watched = standing.watched
    if watched is None:
        return Line(
            label=standing.commitment.said, address=list_of(WatchedCommitment), told=standing.state.label, waits=True
        )
    told = _("%(state)s since %(day)s") % {
        "state": standing.state.label,
        "day": formats.date_format(timezone.localtime(watched.since), "DATE_FORMAT"),
    }
    return Line(
        label=standing.commitment.said,
        address=reverse("admin:privacy_watchedcommitment_change", args=[watched.pk]),
        told=f"{told} – {standing.figure}" if standing.figure else told,
        waits=True,
    )
