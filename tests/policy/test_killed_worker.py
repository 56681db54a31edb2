"""Ten thousand people are told of a change although the worker is killed twice on the way."""

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
MANY = 10_000
KILLS = 2
WORKER = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from privacy.letters.queue import deliver_due
from privacy.policy.announcing import work_off_announcements
work_off_announcements()
while deliver_due():
    pass
"""


def worker(office: PostOffice) -> "subprocess.Popen[bytes]":
    """A process that does what the Celery worker's two tasks do."""
    database = settings.DATABASES["default"]["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "customerlabs.settings", "EMAIL_URL": office.url}
    return subprocess.Popen([sys.executable, "-c", WORKER, database], cwd=ROOT, env=environment)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.timeout(600)
@pytest.mark.promise("P12.2", "P7.3")
def test_nobody_is_left_out_and_each_crash_costs_one_duplicate_at_most(post_office: PostOffice) -> None:
    addresses = requests_of(MANY)
    published(is_important=True)

    writing = worker(post_office)
    wait_until(lambda: PolicyNotice.objects.count() >= 2000, 60, "some are written down")
    kill(writing)
    assert PolicyNotice.objects.count() < MANY
    sending = worker(post_office)
    wait_until(lambda: len(post_office.received) >= 1000, 300, "some are told")
    kill(sending)
    assert len(post_office.received) < MANY
    # The letter that was under way comes due again after a while: now.
    Letter.objects.filter(state=Letter.State.QUEUED).update(due_at=timezone.now())
    last = [worker(post_office) for _ in range(2)]
    assert [process.wait(400) for process in last] == [0, 0]

    times = Counter(str(mail["To"]) for mail in post_office.received)
    assert set(times) == set(addresses)
    assert len(post_office.received) <= MANY + KILLS
    assert len({mail["Message-ID"] for mail in post_office.received}) == MANY
    assert not Letter.objects.exclude(state=Letter.State.SENT).exists()
