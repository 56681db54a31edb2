"""kill -9 in the middle of a mailing: nobody gets two, and the others get theirs."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from contact.mailings.models import Mailing
from tests.mailings.drafts import figures, send_all, send_later, sent_off
from tests.post_office import PostOffice, wait_until
from tests.prospects.people import many

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from contact.mailings.sending import send_due
while send_due():
    pass
"""


def worker(office: PostOffice) -> "subprocess.Popen[bytes]":
    """A process that sends what is due, as a Celery worker does."""
    database = settings.DATABASES["default"]["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "customerlabs.settings", "EMAIL_URL": office.url}
    return subprocess.Popen([sys.executable, "-c", WORKER, database], cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.promise("P3.2", "P7.3")
def test_nobody_gets_two_and_the_others_get_theirs(post_office: PostOffice) -> None:
    many(60)
    mailing = sent_off()
    post_office.at_least, post_office.delay = 2, 0.05
    workers = [worker(post_office) for _ in range(2)]
    try:
        post_office.wait_for(10)
        post_office.stall()
        wait_until(lambda: post_office.holding == 2, 30, "both workers in the middle of a mail")
        for killed in workers:
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        post_office.go_on()
    finally:
        for left in workers:
            left.kill()
            left.wait()

    post_office.delay = 0.0
    send_all()
    half_way = figures(mailing)
    send_later(minutes=11)

    times = Counter(str(mail["To"]) for mail in post_office.received)
    assert set(times.values()) == {1}
    assert half_way["queued"] == 2
    assert figures(mailing) == {"recipients": 60, "sent": 58, "uncertain": 2}
    assert mailing.state == Mailing.State.SENT
    assert 58 <= len(times) <= 60
