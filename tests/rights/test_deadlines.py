"""The legal clock, against the same rules written again from the regulation, and against dates from a calendar."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from pytest_django import Settings

from customerlabs.environment import part_of_france
from privacy.rights.deadlines import days_left, due_on, explain, may_extend

PARIS = ZoneInfo("Europe/Paris")
FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
EASTERS = {
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2028: (4, 16),
    2029: (4, 1),
    2030: (4, 21),
    2031: (4, 13),
    2032: (3, 28),
    2033: (4, 17),
}


def every_day() -> Iterator[date]:
    day = date(2024, 1, 1)
    while day.year <= 2032:
        yield day
        day += timedelta(days=1)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)


def rests(day: date, *, alsace: bool) -> bool:
    """Saturdays, Sundays, and the public holidays of the labour code (L. 3133-1, L. 3134-13); Easter from a table."""
    since_easter = (day - date(day.year, *EASTERS[day.year])).days
    local = {(12, 26)} if alsace else set()
    movable = {1, 39, 50} | ({-2} if alsace else set())
    return day.isoweekday() > 5 or (day.month, day.day) in FIXED | local or since_easter in movable


def ends(received: date, months: int, paused: int, *, alsace: bool) -> date:
    years, month = divmod(received.month - 1 + months, 12)
    year, month = received.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    end = date(year, month, min(received.day, last)) + timedelta(days=paused)
    while rests(end, alsace=alsace):
        end += timedelta(days=1)
    return end


@pytest.mark.parametrize("subdivision", ["", "57", "6AE"])
@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("paused", [0, 1, 17])
def test_every_day_of_nine_years_is_counted_as_the_regulation_says(
    settings: Settings, subdivision: str, extended: bool, paused: int
) -> None:
    settings.HOLIDAYS_SUBDIVISION = subdivision
    before = date.min

    for received in every_day():
        due = due_on(at_noon(received), extended=extended, paused_days=paused)

        assert due == ends(received, 3 if extended else 1, paused, alsace=bool(subdivision)), received
        assert due >= before, "what comes later is never due sooner"
        before = due


@pytest.mark.parametrize(
    ("received", "extended", "due"),
    [
        pytest.param("2026-11-23", False, "2026-12-23", id="an ordinary day"),
        pytest.param("2026-01-31", False, "2026-03-02", id="31 January: 28 February is a Saturday"),
        pytest.param("2027-01-31", False, "2027-03-01", id="31 January: 28 February is a Sunday"),
        pytest.param("2024-01-31", False, "2024-02-29", id="31 January of a leap year"),
        pytest.param("2028-01-30", False, "2028-02-29", id="30 January of a leap year"),
        pytest.param("2024-02-29", False, "2024-03-29", id="29 February: Good Friday is worked"),
        pytest.param("2024-02-29", True, "2024-05-29", id="29 February, three months"),
        pytest.param("2026-03-05", False, "2026-04-07", id="Easter Sunday and Monday"),
        pytest.param("2026-03-06", False, "2026-04-07", id="Easter Monday"),
        pytest.param("2026-04-01", False, "2026-05-04", id="Friday 1 May, then a weekend"),
        pytest.param("2026-04-08", False, "2026-05-11", id="Friday 8 May, then a weekend"),
        pytest.param("2026-04-14", False, "2026-05-15", id="Ascension Day alone"),
        pytest.param("2026-04-23", False, "2026-05-26", id="the weekend of Pentecost"),
        pytest.param("2026-06-14", False, "2026-07-15", id="14 July"),
        pytest.param("2026-11-25", False, "2026-12-28", id="Christmas on a Friday"),
        pytest.param("2026-12-01", False, "2027-01-04", id="New Year on a Friday"),
        pytest.param("2026-11-30", True, "2027-03-01", id="30 November, three months: 28 February is a Sunday"),
        pytest.param("2026-09-25", True, "2026-12-28", id="three months, to Christmas"),
    ],
)
def test_known_dates(received: str, extended: bool, due: str) -> None:
    assert due_on(at_noon(date.fromisoformat(received)), extended=extended) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("subdivision", "received", "due"),
    [
        ("", "2027-02-26", "2027-03-26"),
        ("57", "2027-02-26", "2027-03-30"),
        ("6AE", "2024-11-26", "2024-12-27"),
        ("", "2024-11-26", "2024-12-26"),
        ("974", "2027-11-20", "2027-12-21"),
        ("972", "2026-04-22", "2026-05-26"),
        ("973", "2026-05-10", "2026-06-11"),
    ],
)
def test_holidays_are_those_of_the_part_of_france_that_is_set(
    settings: Settings, subdivision: str, received: str, due: str
) -> None:
    settings.HOLIDAYS_SUBDIVISION = subdivision

    assert due_on(at_noon(date.fromisoformat(received))) == date.fromisoformat(due)


@pytest.mark.parametrize("name", ["69", "Alsace", "Zone A", "fr-57", "GP"])
def test_a_part_of_france_that_is_not_known_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"HOLIDAYS_SUBDIVISION.*57 is the Moselle"):
        part_of_france("HOLIDAYS_SUBDIVISION", name)


@pytest.mark.parametrize("name", ["", "57", "6AE", "971", "972", "973", "974", "976", "PM", "NC", "PF", "WF"])
def test_each_part_of_france_is_known(name: str) -> None:
    assert part_of_france("HOLIDAYS_SUBDIVISION", name) == name


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param(
            datetime(2026, 6, 9, 21, 59, 59, tzinfo=UTC), "2026-07-09", id="a second before midnight in Paris"
        ),
        pytest.param(datetime(2026, 6, 9, 22, 0, 0, tzinfo=UTC), "2026-07-10", id="midnight in Paris, in summer"),
        pytest.param(datetime(2026, 1, 8, 22, 59, 59, tzinfo=UTC), "2026-02-09", id="a second before, in winter"),
        pytest.param(datetime(2026, 1, 8, 23, 0, 0, tzinfo=UTC), "2026-02-09", id="midnight in Paris, in winter"),
        pytest.param(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "2026-04-01", id="1 March already: 1 April"),
        pytest.param(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-04-29", id="before the clocks go forward"),
        pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-04-29", id="once they have"),
        pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-11-25", id="02:30, the first time"),
        pytest.param(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-11-25", id="02:30, the second time"),
    ],
)
def test_days_are_those_of_paris(received: datetime, due: str) -> None:
    assert due_on(received) == date.fromisoformat(due)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_on(datetime(2026, 6, 9))  # noqa: DTZ001


def test_days_left_are_counted_at_midnight_in_paris() -> None:
    due = date(2026, 12, 23)
    last_second = datetime(2026, 12, 23, 23, 59, 59, tzinfo=PARIS)

    assert days_left(due, last_second - timedelta(days=10)) == 10
    assert days_left(due, last_second) == 0
    assert days_left(due, last_second + timedelta(seconds=1)) == -1


def test_it_may_be_extended_until_the_last_second_of_the_first_month() -> None:
    received = datetime(2026, 3, 5, 12, tzinfo=PARIS)  # Due on Tuesday 7 April, after Easter.
    last_second = datetime(2026, 4, 7, 23, 59, 59, tzinfo=PARIS)

    assert may_extend(received, received)
    assert may_extend(received, last_second)
    assert not may_extend(received, last_second + timedelta(seconds=1))
    assert may_extend(received, last_second + timedelta(seconds=1), paused_days=3)


def test_an_ordinary_date_is_explained_in_two_sentences() -> None:
    with translation.override("en"):
        assert explain(at_noon(date(2026, 11, 23))) == [
            "Received on Monday 23 November 2026. The law gives one month to answer, that day not counted.",
            "The legal date is Wednesday 23 December 2026, at the end of the day.",
        ]


def test_a_date_that_moved_says_why() -> None:
    with translation.override("en"):
        one_day = explain(at_noon(date(2026, 4, 14)))
        several = explain(at_noon(date(2026, 1, 31)), extended=True, paused_days=1)

    assert (
        one_day[1] == "These are not working days: Thursday 14 May 2026 (Ascension Day). The period ends on the next."
    )
    assert several == [
        "Received on Saturday 31 January 2026. It is complex: the law gives three months, that day not counted.",
        "That month has no day 31: the period ends on its last day, Thursday 30 April 2026.",
        "The clock stood still for 1 day, while there was a doubt about who asks: it is added.",
        "These are not working days: Friday 1 May 2026 (Labor Day), Saturday 2 May 2026 and Sunday 3 May 2026. "
        "The period ends on the next.",
        "The legal date is Monday 4 May 2026, at the end of the day.",
    ]


def test_it_is_explained_in_french_too() -> None:
    with translation.override("fr"):
        sentences = explain(at_noon(date(2026, 4, 1)))

    assert sentences == [
        "Reçue le mercredi 1er avril 2026. La loi donne un mois pour répondre, sans compter ce jour.",
        "Ces jours ne sont pas ouvrables\N{NO-BREAK SPACE}: vendredi 1er mai 2026 (Fête du Travail), samedi 2 mai 2026 "
        "et dimanche 3 mai 2026. Le délai expire le premier jour ouvrable qui suit.",
        "La date légale est le lundi 4 mai 2026, à la fin du jour.",
    ]


def test_the_date_explained_is_the_date_due_on_every_day() -> None:
    with translation.override("en"):
        for received in every_day():
            last = explain(at_noon(received))[-1]
            day = due_on(at_noon(received))

            assert f"{day.day} {calendar.month_name[day.month]} {day.year}" in last
