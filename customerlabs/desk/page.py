"""The rooms' panels, put together for one member of staff. The frame knows every room; they don't know each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from contact.desk.panel import panel as inbox
from contact.prospects.panel import panel as prospects
from cookies.panel import panel as cookies
from privacy.breaches.panel import panel as breaches
from privacy.capped import MOST, Count, count_capped
from privacy.charts import Chart
from privacy.commitments.panel import panel as commitments
from privacy.consents.panel import panel as consents
from privacy.panels import Line, Panel, Step
from privacy.retention.panel import panel as retention
from privacy.reviews import panel as reviews
from privacy.rights.desk.panel import panel as rights

PANELS: Sequence[Callable[[Any], Panel | None]] = (
    rights,
    breaches,
    reviews,
    commitments,
    inbox,
    consents,
    prospects,
    retention,
    cookies,
)
"""In the order of the page."""
NEXT = 3
"""Steps that the page shows: the nearest of all rooms."""


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A line with its number in words. `is_loud`: somebody is asked for."""

    line: Line
    told: str
    is_loud: bool


@dataclass(frozen=True, kw_only=True)
class ShownPanel:
    panel: Panel
    lines: Sequence[ShownLine]


@dataclass(frozen=True, kw_only=True)
class Desk:
    steps: Sequence[Step] | None
    """The nearest of all rooms; None for who has nothing to do by a date."""
    panels: Sequence[ShownPanel]
    charts: Sequence[Chart]


def desk_of(user: Any) -> Desk:
    """What this member of staff may see. All that is counted is counted in one statement."""
    panels = [panel for make in PANELS if (panel := make(user)) is not None]
    asked = {
        f"{panel.name} {number} {part}": rows
        for panel in panels
        for number, line in enumerate(panel.lines)
        for part, rows in enumerate(line.rows)
    }
    tallies = {f"{panel.name} {name}": rows for panel in panels for name, rows in panel.tallies.items()}
    counts = count_capped({**asked, **tallies})
    dated = [panel.steps for panel in panels if panel.steps is not None]
    steps = sorted((step for some in dated for step in some), key=lambda step: step.on)
    return Desk(
        steps=steps[:NEXT] if dated else None,
        panels=[_shown(panel, counts) for panel in panels],
        charts=[chart for panel in panels for chart in panel.charts(_tallied(panel, counts))],
    )


def _tallied(panel: Panel, counts: dict[str, Count]) -> dict[str, int]:
    return {name: counts[f"{panel.name} {name}"].number for name in panel.tallies}


def _shown(panel: Panel, counts: dict[str, Count]) -> ShownPanel:
    lines = []
    for number, line in enumerate(panel.lines):
        found = sum(counts[f"{panel.name} {number} {part}"].number for part in range(len(line.rows)))
        told = Count(found, MOST).text if line.rows else str(line.told)
        lines.append(ShownLine(line=line, told=told, is_loud=line.waits and bool(found or line.told)))
    return ShownPanel(panel=panel, lines=lines)
