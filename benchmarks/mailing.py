"""News to ten thousand people, and an important change of the policy told to them, beside a bare loop over SMTP.

The loop sends the same words in the same two parts, knows everybody's address and link beforehand and writes nothing
down; both have one connection to a mail server that has each mail on its disk before it says yes. Each side has some
seconds in turn.
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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, at_least
from benchmarks.turns import ratio, say, take_turns

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

ROOT = Path(__file__).resolve().parent.parent
WHAT_IT_COSTS = (
    "each letter is looked for and written down as begun before the mail server hears of it, and as sent after, so "
    "that a crash sends nobody two of a mailing and loses nobody's letter. One of these two waits for the disk, as the "
    "mail server does: of a mailing the beginning, which also asks whether its reader may still be written to; of a "
    "notice the end. For a notice its record, the person's address and their consent are looked up in between. Nothing "
    "of the next letter is begun meanwhile: a dead worker may leave one in doubt, no more. The loop does nothing of "
    "the kind, so the slower the disk beside the processor, the less of its rate is left."
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
            for what, (ours, same) in (("mailing", news(number)), ("notifying", notices(number))):
                found = take_turns({"ours": ours, "bare": partial(bare, line, same)}, rounds)
                say(f"{what}: {found['ours'][-1]:.0f} a second, bare {found['bare'][-1]:.0f}")
                yield at_least(
                    f"{what} {number:,} people: rate / a bare loop over SMTP with one connection",
                    0.7,
                    ratio(found, "ours", "bare"),
                    why=WHAT_IT_COSTS,
                )


def news(number: int) -> tuple[Callable[[], float], "EmailMultiAlternatives"]:
    """A mailing sent off, and a worker's share of it; with one of its mails."""
    from contact.mailings.models import MailingDelivery
    from contact.mailings.sending import send_due
    from contact.mailings.writing import specimen
    from tests.mailings.drafts import sent_off

    mailing = sent_off()
    if mailing.recipients != number:
        raise SystemExit("The mailing does not go to everybody.")
    ours = left(lambda: send_due(SLICE), lambda: MailingDelivery.objects.filter(state="sent").count())
    return ours, specimen(mailing, "fr")


def notices(number: int) -> tuple[Callable[[], float], "EmailMultiAlternatives"]:
    """An important version published, everybody written down, and a worker's share of the letters; with one of them."""
    from privacy.letters.mail import mail_of
    from privacy.letters.models import Letter
    from privacy.letters.queue import deliver_due
    from privacy.policy.announcing import work_off_announcements
    from privacy.policy.letters import tell_of_change
    from privacy.policy.models import PolicyNotice
    from tests.policy.versions import published

    change_something()
    published(is_important=True)
    if work_off_announcements() != number:
        raise SystemExit("Not everybody is told.")
    message = tell_of_change(PolicyNotice.objects.latest("pk"))
    if message is None:
        raise SystemExit("Somebody is not told.")
    ours = left(lambda: deliver_due(number, SLICE), lambda: Letter.objects.filter(state="sent").count())
    return ours, mail_of(message, message_id=make_msgid(domain="example.com"))


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


def bare(line: smtplib.SMTP, same: "EmailMultiAlternatives") -> float:
    text, html = str(same.body), str(same.alternatives[0][0])
    number, began = 0, time.perf_counter()
    while time.perf_counter() - began < SLICE:
        number += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "contact@example.com", f"p{number}@example.com", same.subject
        mail["Message-ID"] = make_msgid(domain="example.com")
        mail["List-Unsubscribe"] = f"<https://www.example.com/fr/stop/{number}/>"
        mail.set_content(text)
        mail.add_alternative(html, subtype="html")
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
