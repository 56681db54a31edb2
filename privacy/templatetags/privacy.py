"""What pages print from the declarations: the notice beside a form, periods in words."""

import re
from datetime import date, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext

from privacy.authority import CNIL
from privacy.declarations import Retention
from privacy.periods import Period
from privacy.registry import registry
from privacy.trackers import TrackerPurpose

register = template.Library()


@register.filter
def in_words(period: Period) -> str:
    """A period in the reader's language: “30 days”, “3 ans”."""
    if period.years:
        return ngettext("%(number)d year", "%(number)d years", period.years) % {"number": period.years}
    if period.months:
        return ngettext("%(number)d month", "%(number)d months", period.months) % {"number": period.months}
    return ngettext("%(number)d day", "%(number)d days", period.days) % {"number": period.days}


@register.filter
def day_in_words(day: date) -> str:
    """A day in the reader's language, in full: “1 April 2020”, “1er avril 2020”."""
    words = date_format(day, "DATE_FORMAT")
    return f"1er{words[1:]}" if day.day == 1 and get_language() == "fr" else words


@register.filter
def life_in_words(life: timedelta) -> str:
    """A cookie's life in the reader's language: in days, or in hours below one."""
    if life.days:
        return in_words(Period(days=life.days))
    hours = round(life.total_seconds() / 3600)
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}


@register.filter
def wait_in_words(seconds: int) -> str:
    """How long to wait, in whole minutes, in the reader's language."""
    minutes = -(-seconds // 60)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


@register.filter
def numbers_whole(text: str) -> str:
    """No line ends inside “50 762,00 €” or a telephone number."""
    return re.sub(r"(?<=[\d,]) (?=[\d€])", "\u202f", text)


@register.filter
def grouped(number: int) -> str:
    """A large number as the reader writes it: “12,500”, “12 500”."""
    return number_format(number, force_grouping=True)


@register.filter
def within(sentence: object) -> str:
    """A phrase that begins a sentence of its own elsewhere, to stand after a colon here."""
    words = str(sentence)
    return words[:1].lower() + words[1:]


@register.simple_tag
def retention_period(activity: str) -> str:
    """How long the data of an activity is kept, in words, as the nightly purge enforces it."""
    for table in registry.tables():
        if table.activity.name == activity and isinstance(table.retention, Retention):
            return in_words(table.retention.keep())
    raise KeyError(activity)


@register.simple_tag
def optional_purposes() -> list[TrackerPurpose]:
    """What trackers of this site serve beyond what is necessary, as it is set up."""
    purposes = {tracker.purpose.name: tracker.purpose for tracker in registry.trackers}
    return [purpose for purpose in purposes.values() if not purpose.is_necessary]


@register.inclusion_tag("privacy/short_notice.html")
def short_notice(*activities: str) -> dict[str, Any]:
    """The short notice of GDPR Art. 13 beside a form (P5.0), printed from the declarations."""
    told = []
    for name in activities:
        kept = " ".join(str(rule.said) % {"period": in_words(rule.keep())} for rule in _said_rules(name))
        told.append({"activity": registry.activity(name), "kept": kept})
    return {"told": told, "controller": settings.CONTROLLER, "authority": CNIL}


def _said_rules(activity: str) -> list[Retention]:
    """How long what is held for this activity is kept, table by table, where a reader is told of it."""
    rules = [table.retention for table in registry.tables() if table.activity.name == activity]
    return [rule for rule in rules if isinstance(rule, Retention) and rule.said]
