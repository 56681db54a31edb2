"""Everybody is told of a change although the worker is killed twice on the way."""

import os
import signal
import subprocess
import sys
from collections import Counter
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
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from privacy import people
people.CHUNK = int(sys.argv[2])
from privacy.letters.queue import deliver_due
from privacy.policy.announcing import work_off_announcements
work_off_announcements()
while deliver_due():
    pass
"""


def worker(office: PostOffice, chunk: int) -> "subprocess.Popen[bytes]":
    """A process that does what the Celery worker's two tasks do, so many people a transaction."""
    database = settings.DATABASES["default"]["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "customerlabs.settings", "EMAIL_URL": office.url}
    return subprocess.Popen([sys.executable, "-c", WORKER, database, str(chunk)], cwd=ROOT, env=environment)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.timeout(600)
@pytest.mark.promise("P12.2", "P7.3")
@pytest.mark.parametrize(("many", "chunk"), [(400, 4), pytest.param(10_000, 1000, marks=pytest.mark.faults)])
def test_nobody_is_left_out_and_each_crash_costs_one_duplicate_at_most(
    post_office: PostOffice, many: int, chunk: int
) -> None:
    addresses = requests_of(many)
    published(is_important=True)

    writing = worker(post_office, chunk)
    wait_until(lambda: PolicyNotice.objects.count() >= many // 5, 60, "some are written down")
    kill(writing)
    assert PolicyNotice.objects.count() < many
    sending = worker(post_office, chunk)
    wait_until(lambda: len(post_office.received) >= many // 10, 300, "some are told")
    kill(sending)
    assert len(post_office.received) < many
    # The letter that was under way comes due again after a while: now.
    Letter.objects.filter(state=Letter.State.QUEUED).update(due_at=timezone.now())
    last = [worker(post_office, chunk) for _ in range(2)]
    assert [process.wait(400) for process in last] == [0, 0]

    times = Counter(str(mail["To"]) for mail in post_office.received)
    assert set(times) == set(addresses)
    assert len(post_office.received) <= many + KILLS
    assert len({mail["Message-ID"] for mail in post_office.received}) == many
    assert not Letter.objects.exclude(state=Letter.State.SENT).exists()
