"""Everybody is told of a change although the worker is killed twice on the way."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from privacy.models import Letter, PolicyNotice
from tests.policy.people import requests_of
from tests.policy.versions import published
from tests.post_office import PostOffice, wait_until

ROOT = Path(__file__).resolve().parents[2]
KILLS = 2
WORKER = """
import sys, time, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from privacy import people
people.CHUNK = int(sys.argv[2])
from privacy.letters.queue import deliver_due
from privacy.policy import announcing
queue_letters, chunks = announcing.queue_letters, 0
def queue(*given):
    global chunks
    chunks += 1
    if chunks == int(sys.argv[3]):
        time.sleep(600)
    queue_letters(*given)
announcing.queue_letters = queue
announcing.work_off_announcements()
while deliver_due():
    pass
"""
Worker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(post_office: PostOffice) -> Iterator[Worker]:
    """A process that does what the Celery worker's two tasks do, so many people a transaction.

    In its transaction number `stops_in` it waits to be killed.
    """
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "customerlabs.settings", "EMAIL_URL": post_office.url}
    started = []

    def start(chunk: int, stops_in: int = 0) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", WORKER, settings.DATABASES["default"]["NAME"], str(chunk), str(stops_in)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.timeout(600)
@pytest.mark.promise("P12.2", "P7.3")
@pytest.mark.parametrize(("many", "chunk"), [(200, 4), pytest.param(10_000, 1000, marks=pytest.mark.faults)])
def test_nobody_is_left_out_and_each_crash_costs_one_duplicate_at_most(
    post_office: PostOffice, worker: Worker, many: int, chunk: int
) -> None:
    addresses = requests_of(many)
    published(is_important=True)

    writing = worker(chunk, stops_in=many // chunk // 5 + 1)
    wait_until(lambda: PolicyNotice.objects.count() == many // 5, 60, "some are written down")
    kill(writing)
    post_office.delay = 0.02
    sending = worker(chunk)
    wait_until(lambda: len(post_office.received) >= many // 10, 300, "some are told")
    kill(sending)
    post_office.delay = 0.0
    assert len(post_office.received) < many
    # The letter that was under way comes due again after a while: now.
    Letter.objects.filter(state=Letter.State.QUEUED).update(due_at=timezone.now())
    last = [worker(chunk) for _ in range(2)]
    assert [process.wait(400) for process in last] == [0, 0]

    times = Counter(str(mail["To"]) for mail in post_office.received)
    assert set(times) == set(addresses)
    assert len(post_office.received) <= many + KILLS
    assert len({mail["Message-ID"] for mail in post_office.received}) == many
    assert not Letter.objects.exclude(state=Letter.State.SENT).exists()
