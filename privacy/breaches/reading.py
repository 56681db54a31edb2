"""What the page of a breach and its printed page say: what stands now, and each statement with its date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import SAID, said_in
from privacy.templatetags.privacy import day_in_words, grouped


@dataclass(frozen=True)
class Fact:
    """One column in words, and when it was said."""

    label: str
    words: str
    at: datetime


def moment(at: datetime) -> str:
    """The day in full and the hour, on the clock of Paris: “1er décembre 2026, 02:45 CET”."""
    here = timezone.localtime(at)
    return f"{day_in_words(here)}, {formats.date_format(here, 'H:i T')}"


def facts(breach: Breach) -> list[Fact]:
    """The last word on each subject, in the register's order. The CNIL's letters stand in the history, all of them."""
    last: dict[str, Fact] = {}
    for statement in breach.statements.order_by("pk"):
        for name in said_in(statement):
            if name not in ("closes", "correspondence", "answer_by"):
                last[name] = _fact(statement, name)
    return [last[name] for name in SAID if name in last]


def history(breach: Breach) -> Iterator[tuple[BreachStatement, list[Fact]]]:
    """Each statement, the first first."""
    for statement in breach.statements.select_related("by").order_by("pk"):
        yield statement, [_fact(statement, name) for name in said_in(statement)]


def _fact(statement: BreachStatement, name: str) -> Fact:
    field = BreachStatement._meta.get_field(name)
    return Fact(capfirst(str(getattr(field, "verbose_name", name))), _words(statement, name), statement.at)


def _words(statement: BreachStatement, name: str) -> str:
    value = getattr(statement, name)
    if name in ("notify", "tell"):
        return capfirst(str(getattr(statement, f"get_{name}_display")()))
    if value is True:
        return capfirst(_("yes"))
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return day_in_words(value)
    return grouped(value) if isinstance(value, int) else str(value)
