"""Periods as an operator writes them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.periods import LONGEST_YEARS, Period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("30 days", Period(days=30)),
        ("1 day", Period(days=1)),
        ("0 days", Period()),
        (" 12months ", Period(months=12)),
        ("3 years", Period(years=3)),
        (f"{LONGEST_YEARS} years", Period(years=LONGEST_YEARS)),
    ],
)
def test_a_period_is_read(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize("text", ["", "30", "days", "-1 days", "1.5 years", "3 weeks", "1 year 2 months", "٣ years"])
def test_what_is_not_a_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period: write a number and days, months or years"):
        Period.parse(text)


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize("years", [LONGEST_YEARS + 1, 9999])
def test_a_period_longer_than_a_life_is_refused(years: int) -> None:
    with pytest.raises(ValueError, match="is too long"):
        Period.parse(f"{years} years")


@given(st.sampled_from(["day", "month", "year"]), st.integers(0, LONGEST_YEARS))
def test_a_period_is_written_as_it_is_read(unit: str, number: int) -> None:
    period = Period.parse(f"{number} {unit}s")

    assert Period.parse(str(period)) == period


def test_the_longest_periods_can_be_counted_from_today() -> None:
    today = datetime(2026, 5, 20, tzinfo=UTC)

    for text in ("9999 days", "9999 months", f"{LONGEST_YEARS} years"):
        assert Period.parse(text).before(today) < today < Period.parse(text).after(today)
