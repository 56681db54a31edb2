"""The record's entries: one processing activity each, with everything GDPR Art. 30(1) asks for."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from privacy.processors import Processor
from privacy.record.contents import Kept, activities, held_for, kept
from privacy.registry import Registry, registry
from privacy.templatetags.privacy import in_words

SECURITY = (
    gettext_lazy("Each member of staff has an account of their own, with the least rights their work needs."),
    gettext_lazy("Names, addresses and messages stand in no log, no page’s address and no queue."),
    gettext_lazy("What has reached its term is deleted or anonymised each night, by rules tested on every table."),
    gettext_lazy("What was accepted is stored before it is acknowledged, and survives any process that dies."),
    gettext_lazy("Evidence can be added to and not rewritten: the database refuses it."),
)
"""What protects every activity's data (Art. 32)."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One processing activity in the reader's language, ready to print."""

    name: str
    purpose: str
    basis: str
    people: str
    categories: list[str]
    recipients: str
    processors: list[str]
    transfers: list[str]
    retention: list[str]
    security: list[str]


def entries(among: Registry = registry) -> Iterator[Entry]:
    periods = list(kept(among))
    for activity in activities(among):
        serving = [processor for processor in settings.PROCESSORS if processor.serves(activity.name)]
        yield Entry(
            name=activity.name,
            purpose=str(activity.purpose),
            basis=str(activity.basis.label),
            people=str(activity.people),
            categories=[
                _("%(table)s: %(columns)s") % {"table": held.what, "columns": ", ".join(held.columns)}
                for held in held_for(activity, among)
            ],
            recipients=str(activity.recipients),
            processors=[described(processor) for processor in serving],
            transfers=[transfer(processor) for processor in serving if processor.is_transfer],
            retention=[in_a_line(period) for period in periods if period.activity == activity.name],
            security=[str(measure) for measure in (*SECURITY, *activity.security)],
        )


def as_json(among: Registry = registry) -> dict[str, Any]:
    """The whole record: the controller, the officer, the processors with their contracts, the activities."""
    controller = settings.CONTROLLER
    return {
        "language": get_language(),
        "controller": {"name": controller.name, "identity": controller.identity, "site": settings.SITE_URL},
        "data_protection_officer": controller.dpo_email,
        "processors": [
            {
                "name": processor.name,
                "what_for": in_language(processor.what_for),
                "country": processor.country,
                "safeguards": in_language(processor.safeguards) or None,
                "contract": processor.contract.isoformat(),
                "review": processor.review.isoformat(),
                "sub_processors": list(processor.sub_processors),
                "activities": list(processor.activities) or [activity.name for activity in activities(among)],
            }
            for processor in settings.PROCESSORS
        ],
        "activities": [asdict(entry) for entry in entries(among)],
    }


def described(processor: Processor) -> str:
    """“Hébergeur (héberge le site, France)”."""
    return f"{processor.name} ({in_language(processor.what_for)}, {country_name(processor.country)})"


def transfer(processor: Processor) -> str:
    return _("%(name)s, %(country)s: %(safeguards)s") % {
        "name": processor.name,
        "country": country_name(processor.country),
        "safeguards": in_language(processor.safeguards),
    }


def country_name(code: str) -> str:
    """In the reader's language; the code itself where it is unknown."""
    return str(Locale(get_language() or settings.LANGUAGE_CODE).territories.get(code, code))


def in_language(texts: Any) -> str:
    return str(texts.get(get_language() or settings.LANGUAGE_CODE, ""))


def in_a_line(period: Kept) -> str:
    words = {"what": period.what, "clock": period.clock, "period": in_words(period.period) if period.period else ""}
    if period.period is None:
        sentence = _("%(what)s: until the date “%(clock)s”, then deleted")
    elif period.anonymised:
        sentence = _("%(what)s: %(period)s from “%(clock)s”, then anonymised")
    else:
        sentence = _("%(what)s: %(period)s from “%(clock)s”, then deleted")
    return sentence % words
