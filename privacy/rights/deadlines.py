"""The legal date of an answer (GDPR Art. 12(3)), counted as the Union counts (Regulation 1182/71, art. 3).

The day of receipt is not counted: a month ends with the last hour of the day of the same number, or of the last day of
a month that has no such day. Days on which the clock stood still are added, and a period never ends on a Saturday, a
Sunday or a public holiday: it ends on the next working day. Days are those of Paris.
"""

from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from holidays import HolidayBase

PARIS = ZoneInfo("Europe/Paris")
MONTHS = 1
"""To answer, from receipt."""
MONTHS_EXTENDED = 3
"""For what is complex, from receipt too; the person is told so, with the reasons, within the first."""
A_DAY = timedelta(days=1)
SATURDAY = 5


def due_on(received_at: datetime, *, extended: bool = False, paused_days: int = 0) -> date:
    """The last day to answer, a working day."""
    day = _before_rest(received_at, extended=extended, paused_days=paused_days)
    while _rests(day):
        day += A_DAY
    return day


def may_extend(received_at: datetime, now: datetime, paused_days: int = 0) -> bool:
    """Whether there is still time to tell the person that it will take three months: within the first, and it alone."""
    return paris_day(now) <= due_on(received_at, paused_days=paused_days)


def days_left(due: date, now: datetime) -> int:
    """Days from now, in Paris, to the legal date: 0 on the day itself, negative when it has passed."""
    return (due - paris_day(now)).days


def paris_day(moment: datetime) -> date:
    """The day it is in Paris. Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment of the legal clock needs a time zone.")
    return moment.astimezone(PARIS).date()


def explain(received_at: datetime, *, extended: bool = False, paused_days: int = 0) -> list[str]:
    """Why the legal date is what it is: a few sentences in the language in use, the last naming the date."""
    received = paris_day(received_at)
    months = MONTHS_EXTENDED if extended else MONTHS
    same_number = received + relativedelta(months=months)
    sentences = [_period_in_words(received, extended)]
    if same_number.day != received.day:
        sentences.append(
            _("That month has no day %(number)d: the period ends on its last day, %(day)s.")
            % {"number": received.day, "day": _in_full(same_number)}
        )
    if paused_days:
        sentences.append(
            ngettext(
                "The clock stood still for %(count)d day, while there was a doubt about who asks: it is added.",
                "The clock stood still for %(count)d days, while there was a doubt about who asks: they are added.",
                paused_days,
            )
            % {"count": paused_days}
        )
    end = same_number + paused_days * A_DAY
    due = due_on(received_at, extended=extended, paused_days=paused_days)
    if due != end:
        skipped = [_rest_in_words(end + passed * A_DAY) for passed in range((due - end).days)]
        sentences.append(
            _("These are not working days: %(days)s. The period ends on the next.") % {"days": _list(skipped)}
        )
    sentences.append(_("The legal date is %(day)s, at the end of the day.") % {"day": _in_full(due)})
    return sentences


def _before_rest(received_at: datetime, *, extended: bool, paused_days: int) -> date:
    """Where the period ends before weekends and holidays are looked at: 31 January and a month is 28 February."""
    months = relativedelta(months=MONTHS_EXTENDED if extended else MONTHS)
    return paris_day(received_at) + months + paused_days * A_DAY


@cache
def _holidays(subdivision: str, language: str) -> "HolidayBase":
    """Public holidays in France: those of everywhere, and of this part of it. Years are worked out when asked for."""
    from holidays import country_holidays  # Here, since it loads every country of the world.

    return country_holidays("FR", subdiv=subdivision or None, language=language)


def _rests(day: date) -> bool:
    return day.weekday() >= SATURDAY or day in _holidays(settings.HOLIDAYS_SUBDIVISION, "fr")


def _period_in_words(received: date, extended: bool) -> str:
    if extended:
        words = _("Received on %(day)s. It is complex: the law gives three months, that day not counted.")
    else:
        words = _("Received on %(day)s. The law gives one month to answer, that day not counted.")
    return words % {"day": _in_full(received)}


def _rest_in_words(day: date) -> str:
    """“Friday 1 May 2026 (Labor Day)”; a Saturday or a Sunday says by its name why it doesn't count."""
    language = "fr" if get_language() == "fr" else "en_US"
    name = _holidays(settings.HOLIDAYS_SUBDIVISION, language).get(day)
    return f"{_in_full(day)} ({name})".replace("'", "’") if name else _in_full(day)


def _in_full(day: date) -> str:
    """“Monday 4 May 2026”, “vendredi 1er mai 2026”."""
    number = "1er" if day.day == 1 and get_language() == "fr" else str(day.day)
    return f"{date_format(day, 'l')} {number} {date_format(day, 'F Y')}"


def _list(parts: list[str]) -> str:
    """“a, b and c”."""
    if len(parts) == 1:
        return parts[0]
    return _("%(some)s and %(last)s") % {"some": ", ".join(parts[:-1]), "last": parts[-1]}
