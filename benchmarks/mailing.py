"""News to ten thousand people, and an important change of the policy told to them, beside a bare loop over SMTP.

The loop knows everybody's address and link beforehand and writes nothing down; both have one connection to a mail
server that has each mail on its disk before it says yes. Each side has some seconds in turn.
"""

import smtplib
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from benchmarks.figures import Figure, at_least
from benchmarks.turns import ratio, say, take_turns

ROOT = Path(__file__).resolve().parent.parent
TWO_COMMITS = (
    "each letter is written down as begun, on the disk, before the mail server hears of it, and ended after, so that a "
    "crash sends nobody two of a mailing and loses nobody's letter; its person's consent is asked for in between. The "
    "loop does nothing of the kind."
)
SLICE = 2.0
"""Seconds of a turn."""


def measure(options: Namespace) -> Iterator[Figure]:
    from django.conf import settings

    from tests.prospects.people import many

    number, rounds = (1_500, 2) if options.quick else (10_000, 6)
    many(number)
    with sink() as port:
        settings.EMAIL_BACKEND = "privacy.letters.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        with smtplib.SMTP("127.0.0.1", port) as line:
            for what, ours in (("mailing", news(number)), ("notifying", notices(number))):
                found = take_turns({"ours": ours, "bare": lambda: bare(line)}, rounds)
                say(f"{what}: {found['ours'][-1]:.0f} a second, bare {found['bare'][-1]:.0f}")
                yield at_least(
                    f"{what} {number:,} people: rate / a bare loop over SMTP with one connection",
                    0.7,
                    ratio(found, "ours", "bare"),
                    why=TWO_COMMITS,
                )


def news(number: int) -> Callable[[], float]:
    """A mailing sent off, and a worker's share of it."""
    from contact.mailings.models import MailingDelivery
    from contact.mailings.sending import send_due
    from tests.mailings.drafts import sent_off

    if sent_off().recipients != number:
        raise SystemExit("The mailing does not go to everybody.")
    return left(lambda: send_due(SLICE), lambda: MailingDelivery.objects.filter(state="sent").count())


def notices(number: int) -> Callable[[], float]:
    """An important version published, everybody written down, and a worker's share of the letters."""
    from privacy.letters.models import Letter
    from privacy.letters.queue import deliver_due
    from privacy.policy.announcing import work_off_announcements
    from tests.policy.versions import published

    change_something()
    published(is_important=True)
    if work_off_announcements() != number:
        raise SystemExit("Not everybody is told.")
    return left(lambda: deliver_due(number, SLICE), lambda: Letter.objects.filter(state="sent").count())


def change_something() -> None:
    from django.conf import settings
    from django.test import override_settings

    override_settings(HOST_NAME=f"{settings.HOST_NAME} and another").enable()


def left(work: Callable[[], object], sent: Callable[[], int]) -> Callable[[], float]:
    """Letters a second, as the database has them."""

    def turn() -> float:
        before, began = sent(), time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        return (sent() - before) / seconds

    return turn


def bare(line: smtplib.SMTP) -> float:
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < SLICE:
        number += 1
        stop = f"https://www.example.com/fr/stop/{number}/"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "contact@example.com", f"p{number}@example.com", "Nos nouvelles"
        mail["Message-ID"], mail["List-Unsubscribe"] = make_msgid(domain="example.com"), f"<{stop}>"
        text = f"Bonjour,\n\nL’été est fini & l’automne commence.\n\nNe plus rien recevoir : {stop}\n"
        mail.set_content(text)
        mail.add_alternative(f"<!doctype html><p>{text}</p>", subtype="html")
        line.send_message(mail)
    return number / (time.perf_counter() - began)


@contextmanager
def sink() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline() if process.stdout else 0)
    finally:
        process.terminate()
        process.wait(10)
