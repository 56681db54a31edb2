"""The demonstration, from the first day to this morning."""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import time_machine
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from contact.models import AnswerTemplate
from customerlabs.demo import nights
from customerlabs.demo.officer import NOW, PAST, Officer, Past
from customerlabs.demo.people import World
from customerlabs.demo.visitors import write_choices, write_news, write_requests
from customerlabs.models import StaffMember
from customerlabs.staff.groups import DPO, STAFF
from privacy.models import ReplyTemplate
from privacy.policy.publishing import publish_first

REQUESTS = 2000
OFFICER = "dpo@example.com"


@dataclass(frozen=True)
class Loaded:
    """The officer's account, its password known to nobody else, and the commitments that are not kept."""

    email: str
    password: str
    broken: list[str]


def load(seed: int, say: Callable[[str], object], *, requests: int = REQUESTS, past: Sequence[Past] = PAST) -> Loaded:
    """Into an empty database, all of it or nothing: cut off anywhere, it is simply loaded again.

    The same seed on the same day gives the same people.
    """
    with _quiet_broker(), transaction.atomic():
        return _loaded(World(seed, timezone.now()), say, requests, past)


def _loaded(world: World, say: Callable[[str], object], requests: int, past: Sequence[Past]) -> Loaded:
    with time_machine.travel(world.began, tick=False):
        publish_first()
    password = secrets.token_urlsafe(15)
    officer, staff = _accounts(world, password)
    _templates()

    say("Four years of visitors…")
    people = world.people(max(requests * 7 // 10, len(NOW) + 20))
    strangers, known = world.people(len(past)), people[: len(NOW)]
    write_requests(world, people, staff, requests)
    write_news(world, people[: len(people) * 3 // 10], officer)
    write_choices(world, requests * 3 // 10)
    _analyze()

    say("Four years of an officer’s work…")
    work = Officer(world, officer)
    work.rights(past, strangers, known)
    work.holds_and_restrictions(people[len(NOW) : len(NOW) + 3])
    work.breaches()
    work.readings([officer, *staff])
    work.work()

    say("Last night’s purge, and this morning’s check of the commitments…")
    _analyze()
    nights.purge(world)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # As a commit does: the trail’s entries take their places.
    return Loaded(officer.email, password, nights.check(world))


def _analyze() -> None:
    """No autovacuum sees these rows before the commit, and PostgreSQL plans badly without figures."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _quiet_broker() -> Iterator[None]:
    """No worker is waited for: what would be left to one is done here."""
    broker = logging.getLogger("privacy.broker")
    level = broker.level
    broker.setLevel(logging.ERROR)
    try:
        yield
    finally:
        broker.setLevel(level)


def _accounts(world: World, password: str) -> tuple[StaffMember, list[StaffMember]]:
    """The officer can sign in; the colleagues, one of whom has left, are names beside what was done."""
    names = [(world.french.first_name(), world.french.last_name()) for _ in range(4)]
    made = []
    for number, (first, last) in enumerate(names):
        email = OFFICER if number == 0 else f"equipe{number}@example.com"
        member = StaffMember.objects.create_user(
            email, password if number == 0 else None, is_staff=True, first_name=first, last_name=last
        )
        member.groups.add(Group.objects.get(name=DPO if number == 0 else STAFF))
        made.append(member)
    made[-1].is_active = False
    made[-1].save()
    return made[0], made[1:]


def _templates() -> None:
    AnswerTemplate.objects.get_or_create(
        name="Merci, nous revenons vers vous",
        defaults={
            "body_fr": "Merci de votre message. Nous revenons vers vous sous deux jours.",
            "body_en": "Thank you for your message. We come back to you within two days.",
        },
    )
    ReplyTemplate.objects.get_or_create(
        name="Copie prête",
        defaults={"body_fr": "Votre copie est prête.", "body_en": "Your copy is ready."},
    )
