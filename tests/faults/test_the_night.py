"""Beat asks for the night's retention run at three, Paris time, and insists when the broker is away."""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from customerlabs.serving import programs
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.places import Places
from tests.faults.valkey import Valkey
from tests.post_office import wait_until
from tests.serving.running import PROJECT

pytestmark = [pytest.mark.faults, pytest.mark.services]

CLOCK = Path(__file__).resolve().parent.parent / "clock"
THREE = datetime(2030, 1, 15, 3, 0, tzinfo=ZoneInfo("Europe/Paris"))


class Beat:
    """A real beat, for which it will soon be three in the morning."""

    def __init__(self, places: Places, valkey: Valkey, before_three: float):
        environment = {
            **programs.environment(places, 1),
            "REDIS_URL": valkey.url,
            "LETTERS_SWEEP_SECONDS": "0.5",
            "PYTHONPATH": str(CLOCK),
            "TRAVEL_BY": str(THREE.timestamp() - before_three - time.time()),
        }
        program = programs.beat(places, PROJECT, 1)
        program.environment = environment
        self.three = time.monotonic() + before_three
        with (places.logs / "beat.log").open("ab") as log:
            self.process: subprocess.Popen[bytes] = program.start(log)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def beat(tmp_path: Path, valkey: Valkey) -> Iterator[Beat]:
    places = Places(tmp_path / "var")
    prepare_var(places)
    beat = Beat(places, valkey, before_three=12)
    yield beat
    beat.end()


def asked_for(valkey: Valkey, task: str) -> bool:
    return f'"task": "{task}"' in valkey.ask("LRANGE", "celery", "0", "-1")


@pytest.mark.promise("P8.4")
def test_the_run_of_a_night_without_broker_is_asked_for_once_it_is_back(beat: Beat, valkey: Valkey) -> None:
    wait_until(lambda: asked_for(valkey, "privacy.deliver_letters"), 30, "beat sweeps")
    assert not asked_for(valkey, "privacy.enforce_retention")
    valkey.stop()

    time.sleep(max(0.0, beat.three + 5 - time.monotonic()))
    valkey.start()

    wait_until(lambda: asked_for(valkey, "privacy.enforce_retention"), 30, "beat asks for the night's run")
    wait_until(lambda: asked_for(valkey, "privacy.deliver_letters"), 30, "and sweeps again")
