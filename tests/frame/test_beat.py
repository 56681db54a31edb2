"""What beat asks for when the clock jumps: on both nights of daylight saving, on 29 February, and when it is set."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings

from customerlabs.beat import Scheduler
from customerlabs.celery import app


def is_nightly(time: Any) -> bool:
    return isinstance(time, crontab) and len(vars(time)["hour"]) == 1 and len(vars(time)["day_of_week"]) == 7


NIGHTLY = {name for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if is_nightly(entry["schedule"])}
SWEEP = "deliver-letters"


class Noting(Scheduler):
    """Notes what it would ask for."""

    def __init__(self, *args: Any, **options: Any):
        self.asked: list[str] = []
        super().__init__(*args, **options)

    def apply_async(self, entry: Any, *args: Any, **options: Any) -> None:
        self.asked.append(entry.name)

    @property
    def producer(self) -> Any:
        return None


Beat = Callable[[], Noting]


@pytest.fixture
def beat(tmp_path: Path) -> Beat:
    """Starts a beat; each finds what the one before has kept."""
    return lambda: Noting(app, schedule_filename=str(tmp_path / "beat"))


def run(beat: Noting, clock: Any, until: datetime, step: timedelta) -> Counter[str]:
    """What it asks for until then, looked at in such steps."""
    beat.asked.clear()
    while datetime.now(UTC) < until:
        for _ in range(100):  # More than there are entries: none is asked for without end.
            if beat.tick() != 0:
                break
        else:
            pytest.fail(f"Beat asks without end at {datetime.now(UTC)}.")
        clock.shift(step)
    return Counter(beat.asked)


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31", "2028-02-29", "2027-12-31", "2027-06-15"])
def test_every_night_has_each_task_once(beat: Beat, night: str) -> None:
    noon = datetime.fromisoformat(f"{night}T10:00+00:00")

    with time_machine.travel(noon - timedelta(days=1), tick=False) as clock:
        asked = run(beat(), clock, noon, timedelta(minutes=2))

    assert {name: asked[name] for name in NIGHTLY} == dict.fromkeys(NIGHTLY, 1)


def test_a_clock_set_a_day_ahead_makes_up_for_the_night(beat: Beat) -> None:
    with time_machine.travel(datetime(2027, 6, 15, 10, tzinfo=UTC), tick=False) as clock:
        running = beat()
        run(running, clock, datetime(2027, 6, 15, 10, 5, tzinfo=UTC), timedelta(minutes=1))
        clock.shift(timedelta(days=1))
        asked = run(running, clock, datetime(2027, 6, 16, 10, 10, tzinfo=UTC), timedelta(seconds=30))

    assert {name: asked[name] for name in NIGHTLY} == dict.fromkeys(NIGHTLY, 1)
    assert asked[SWEEP] >= 5


@pytest.mark.parametrize("anew", [False, True], ids=["running", "started anew"])
def test_a_clock_set_a_day_back_stops_no_sweep(beat: Beat, anew: bool) -> None:
    with time_machine.travel(datetime(2027, 6, 15, 10, tzinfo=UTC), tick=False) as clock:
        running = beat()
        run(running, clock, datetime(2027, 6, 15, 10, 5, tzinfo=UTC), timedelta(minutes=1))
        clock.shift(-timedelta(days=1))
        if anew:
            running.close()
        later = beat() if anew else running
        asked = run(later, clock, datetime(2027, 6, 14, 10, 10, tzinfo=UTC), timedelta(seconds=30))
        night = run(later, clock, datetime(2027, 6, 15, 10, tzinfo=UTC), timedelta(minutes=2))

    assert asked[SWEEP] >= 5
    assert {name: night[name] for name in NIGHTLY} == dict.fromkeys(NIGHTLY, 1)
