"""Calendar periods: "30 days", "12 months", "3 years". Knows no Django: the settings read it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

WRITTEN = re.compile(r"\s*(\d{1,4})\s*(day|month|year)s?\s*", re.ASCII)
THIRTEEN_MONTHS = timedelta(days=393)
"""The limit for trackers (P8.3), in days of those thirteen months that have the fewest."""
LONGEST_YEARS = 100
"""Nothing about a person is kept longer, and counting back from today stays on the calendar."""


@dataclass(frozen=True)
class Period:
    """Whole days, months or years, counted on the calendar and never in seconds."""

    days: int = 0
    months: int = 0
    years: int = 0

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read "30 days", "1 month", "3 years". Raises ValueError on anything else."""
        match = WRITTEN.fullmatch(text)
        if not match:
            raise ValueError(f"“{text}” is not a period: write a number and days, months or years, such as “30 days”.")
        number, unit = int(match[1]), match[2]
        if unit == "year" and number > LONGEST_YEARS:
            raise ValueError(
                f"“{text}” is too long: nothing about a person is kept for more than {LONGEST_YEARS} years."
            )
        return cls(**{f"{unit}s": number})

    def __str__(self) -> str:
        """As parse() reads it."""
        for unit in ("years", "months"):
            if number := getattr(self, unit):
                return f"{number} {unit}"
        return f"{self.days} days"

    def after(self, moment: datetime) -> datetime:
        """The end of the period that starts at `moment`; 29 February and a year is 28 February, as in PostgreSQL."""
        return moment + relativedelta(years=self.years, months=self.months, days=self.days)

    def before(self, moment: datetime) -> datetime:
        return moment - relativedelta(years=self.years, months=self.months, days=self.days)
