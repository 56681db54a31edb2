"""What should have been done: by beat and the workers, at night, and every day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import override

from customerlabs.doctor.frame import Diagnosis, ok, warning, wrong
from customerlabs.health.asking import reach_database
from customerlabs.health.models import Heartbeat
from customerlabs.health.parts import ask_broker
from privacy.commitments.frame import Finding
from privacy.commitments.in_time import last_purge
from privacy.commitments.standing import site_began, standings
from privacy.continuity.commitments import last_backup, last_drill

SILENT = timedelta(minutes=5)
"""Beat gives a sign of life each minute."""
ANSWERING = 3.0
"""Seconds a worker has to answer: it does so while its processes are at work."""


def worker() -> Iterator[Diagnosis]:
    ask_broker()
    with current_app.connection_for_write() as held:
        answers = current_app.control.inspect(timeout=ANSWERING, connection=held).ping() or {}
    if answers:
        yield ok(f"{len(answers)} answer" + ("s" if len(answers) == 1 else ""))
    else:
        yield wrong("none answers: letters and what beat asks for wait", _start("worker"))


def beat() -> Iterator[Diagnosis]:
    reach_database()
    last = Heartbeat.objects.annotate(now=Now()).first()
    began = site_began()
    if last is None and began is not None and timezone.now() - began < SILENT:
        yield warning("not heard yet: the site has just begun", "Ask again in a few minutes.")
    elif last is None:
        yield wrong("never heard", _start("beat"))
    elif last.now - last.at > SILENT:
        yield wrong(f"last heard on {_told(last.at)}", f"If a worker answers: {_start('beat')}")
    else:
        yield ok(f"last heard on {_told(last.at)}")


def purge() -> Iterator[Diagnosis]:
    yield from _of(last_purge, "Type `manage.py enforce_retention`; it says which rule fails.")


def backup() -> Iterator[Diagnosis]:
    yield from _of(last_backup, "Type `manage.py backup`; it says what is wrong.")


def drill() -> Iterator[Diagnosis]:
    yield from _of(last_drill, "Type `manage.py restore_drill`; it says what is wrong.")


def _of(look: Callable[[datetime], Finding], to_do: str) -> Iterator[Diagnosis]:
    reach_database()
    with override("en"):
        found = look(timezone.now())
    when = _told(found.on) if found.on else "never"
    where = f" ({', '.join(found.where)})" if found.where and not found.kept else ""
    if not found.kept:
        yield wrong(f"last: {when}{where}", to_do)
    elif found.on is None:
        yield ok("not yet, and not late: the site has just begun")
    else:
        yield ok(f"last: {when}")


def commitments() -> Iterator[Diagnosis]:
    reach_database()
    found = standings()
    red = [standing.commitment.name for standing in found if standing.is_red]
    waiting = sum(not standing.is_red and not standing.is_green for standing in found)
    if red:
        yield wrong(f"{len(red)} not kept: {', '.join(red)}", "`manage.py check_commitments` and the admin say why.")
    elif waiting:
        yield warning(
            f"{waiting} of {len(found)} not checked yet", "Beat checks them each day; `manage.py check_commitments`."
        )
    else:
        yield ok(f"all {len(found)} kept")


def _told(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _start(program: str) -> str:
    if settings.EMBEDDED_DATABASE:
        return f"`make run` keeps it running; {settings.PLACES.logs / program}.log says why it does not."
    return f"`systemctl restart customerlabs-{program}`; `journalctl -u customerlabs-{program}` says why it stopped."
