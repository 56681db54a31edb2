"""More workers and beats on one site than one: each thing is still done once."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from customerlabs.serving import programs
from customerlabs.serving.children import PythonProgram
from tests.faults.accounts import LONG, SWEPT, query, settle
from tests.faults.conftest import SETTINGS
from tests.faults.crowd import Crowd
from tests.faults.valkey import Valkey
from tests.post_office import PostOffice, wait_until
from tests.serving.running import PROJECT, Site, surroundings

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

CLOCK = Path(__file__).resolve().parent.parent / "clock"
THREE = datetime(2030, 1, 15, 3, 0, tzinfo=ZoneInfo("Europe/Paris"))
DAY = 86_400
SOON = 20.0
"""Seconds."""
OLD = 3_000
CLOSED_LONG_AGO = """
    INSERT INTO contact_contactrequest (
        kind, first_name, last_name, email, phone, message, language, wants_news, subject_key, status,
        received_at, last_activity_at, read_at, closed_at, is_anonymised
    )
    SELECT
        'contact', 'Old', 'Message', 'old' || n || '@long.example', '', 'Bonjour', 'fr', false, 'k:old' || n, 'closed',
        long_ago, long_ago, long_ago, long_ago, false
    FROM generate_series(1, %s) n, (SELECT now() - interval '9 years' AS long_ago) AS clock
"""
ANONYMISED = "SELECT count(*) FROM contact_contactrequest WHERE email LIKE '%@long.example'"
RUNS = "SELECT count(*) FROM privacy_retentionrun WHERE trigger = 'beat' AND outcome = 'done' AND id > %s"
TAKEN = """
    SELECT coalesce(sum(rows), 0)::bigint FROM privacy_retentioncount
    WHERE run_id > %s AND rule = 'contact.contactrequest'
"""
LAST_RUN = "SELECT coalesce(max(id), 0) FROM privacy_retentionrun"


@contextmanager
def another(program: PythonProgram, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """One more of the site's programs, beside those of its supervisor."""
    with log.open("ab") as output:
        process = program.start(output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class More:
    """More workers and beats for a site, on clocks of their own."""

    def __init__(self, site: Site, broker: Valkey, office: PostOffice, folder: Path):
        self.site = site
        self.folder = folder
        self.given = surroundings(site.var, site.port, REDIS_URL=broker.url, EMAIL_URL=office.url, **SETTINGS)
        self.running = ExitStack()

    def worker(self, travel_by: float = 0) -> Path:
        return self._start(programs.worker(self.site.places, PROJECT, self.site.port), travel_by)

    def beat(self, travel_by: float = 0) -> Path:
        program = programs.beat(self.site.places, PROJECT, self.site.port)
        timetable = str(self.folder / f"timetable-{len(list(self.folder.iterdir()))}")
        program.command = [timetable if part.endswith("beat-schedule") else part for part in program.command]
        return self._start(program, travel_by)

    def _start(self, program: PythonProgram, travel_by: float) -> Path:
        program.environment = {
            **program.environment,
            **self.given,
            "PYTHONPATH": str(CLOCK),
            "TRAVEL_BY": str(travel_by),
        }
        log = self.folder / f"{program.name}-{len(list(self.folder.iterdir()))}.log"
        self.running.enter_context(another(program, log))
        return log


@pytest.fixture
def more(broken_site: Site, one_broker: Valkey, one_office: PostOffice, tmp_path: Path) -> Iterator[More]:
    more = More(broken_site, one_broker, one_office, tmp_path)
    with more.running:
        yield more
    shutil.rmtree(tmp_path, ignore_errors=True)


def says(log: Path, *words: str) -> bool:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return any(all(word in line for word in words) for line in lines)


@pytest.mark.promise("P7.3")
def test_more_workers_and_beats_send_each_letter_once_whatever_day_they_think_it_is(
    broken_site: Site, one_office: PostOffice, crowd: Crowd, more: More
) -> None:
    others = [more.worker(away) for away in (DAY, -DAY)]
    for away in (DAY, -DAY):
        more.beat(away)
    for log in others:
        wait_until(lambda log=log: says(log, SWEPT, "succeeded"), LONG, "another worker works")

    with crowd.send():
        pass

    settle(broken_site, one_office, crowd)


@pytest.mark.promise("P8.4")
def test_two_beats_ask_for_the_same_night_and_no_row_is_taken_twice(broken_site: Site, more: More) -> None:
    query(broken_site, CLOSED_LONG_AGO, OLD)
    ((last,),) = query(broken_site, LAST_RUN)
    more.worker()
    for _ in range(2):
        more.beat(THREE.timestamp() - SOON - time.time())

    wait_until(lambda: query(broken_site, RUNS, last) == [(2,)], LONG, "both nights are over")

    assert query(broken_site, TAKEN, last) == [(OLD,)]
    assert query(broken_site, ANONYMISED) == [(0,)]
