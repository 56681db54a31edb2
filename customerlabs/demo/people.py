"""People who don't exist: names by Faker, addresses and telephone numbers that are kept for examples."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import slugify
from faker import Faker

from privacy.subjects import subject_key

DOMAINS = ("example.com", "example.net", "example.org")
"""Reserved by RFC 2606: no mail ever arrives there."""
YEARS = timedelta(days=4 * 365)


@dataclass(frozen=True)
class Invented:
    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class World:
    """The same people and dates for the same seed and day. All dates come before `now`, an aware date and time."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.now = now
        self.random = random.Random(seed)
        self.french, self.english = Faker("fr_FR"), Faker("en_GB")
        for faker in (self.french, self.english):
            faker.seed_instance(seed)
        self.began = now - YEARS

    def people(self, number: int) -> list[Invented]:
        return [self._person(index) for index in range(number)]

    def ago(self, *, most: timedelta, least: timedelta = timedelta(0)) -> datetime:
        """Some moment that long ago."""
        return self.now - least - (most - least) * self.random.random()

    def within(self, start: datetime, end: datetime) -> datetime:
        return start + (end - start) * self.random.random()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _person(self, index: int) -> Invented:
        is_french = self.chance(0.85)
        faker = self.french if is_french else self.english
        first, last = faker.first_name(), faker.last_name()
        email = f"{slugify(first)}.{slugify(last)}{index}@{self.random.choice(DOMAINS)}"
        # The ARCEP keeps these numbers for films and examples.
        phone = f"+3363998{self.random.randrange(10_000):04}" if self.chance(0.4) else ""
        return Invented(first, last, email, phone, "fr" if is_french else "en", subject_key(email))
