"""Reading settings from the environment. Knows no setting: customerlabs/settings.py names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from customerlabs.keys import read_or_create
from privacy.periods import THIRTEEN_MONTHS, Period
from privacy.processors import Processor, read_processors


class Environment(environ.FileAwareEnv):  # type: ignore[misc]
    """The environment; what can't be read is said in one sentence that names the setting."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            value = super().get_value(var, *args, **kwargs)
        except (ValueError, TypeError):
            raise ImproperlyConfigured(f"{var} can’t be read: see its default in README.md for the form.") from None
        except OSError as error:
            raise ImproperlyConfigured(f"{var}_FILE names a file that can’t be read: {error.strerror}.") from None
        # A file ends with a line break; a key that took it along would be another key.
        return value.strip() if isinstance(value, str) else value


env = Environment()


@dataclass(frozen=True)
class Keys:
    """The keys of a site, from NAME or NAME_FILE; on the embedded path they are made here, and kept in `folder`."""

    folder: Path
    are_made_here: bool

    def ring(self, name: str) -> list[str]:
        """The keys of one use, newest first: the first is used for all that is new, the others open what is there."""
        keys = [key.strip() for key in self._given(name).split(",") if key.strip()]
        if not keys:
            raise ImproperlyConfigured(f"{name} holds no key: give at least one, or leave it out on the embedded path.")
        return keys

    def kept(self, name: str) -> str:
        """A key of the embedded path."""
        try:
            return read_or_create(self.folder / name)
        except OSError as error:
            raise ImproperlyConfigured(
                f"the keys under {self.folder} can’t be read or made ({error.strerror}). Set VAR_DIR to a folder of "
                "yours, or run as the account that made this one."
            ) from None

    def _given(self, name: str) -> str:
        value: str = env.str(name, default="")
        if value:
            return value
        if self.are_made_here:
            return self.kept(name.lower())
        raise ImproperlyConfigured(
            f"{name} is missing. With DATABASE_URL set, the keys are yours to keep: set {name}, or {name}_FILE to the "
            "path of a file that holds it. A good one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )


def period(name: str, default: str) -> Period:
    try:
        return Period.parse(env.str(name, default=default))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None


def processors(name: str) -> tuple[Processor, ...]:
    try:
        return read_processors(env.str(name, default=""))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None


def choice_life(name: str, written: str) -> timedelta | None:
    """How long a choice about cookies is kept; None for "session", until the browser closes."""
    if written == "session":
        return None
    if not (written.isdecimal() and 1 <= int(written) <= THIRTEEN_MONTHS.days):
        raise ImproperlyConfigured(
            f"{name} takes “session”, or days from 1 to {THIRTEEN_MONTHS.days}, which is 13 months."
        )
    return timedelta(days=int(written))


def part_of_france(name: str, written: str) -> str:
    """Where the days of rest are those of: a code of ISO 3166-2 without "FR-"; empty for metropolitan France."""
    if not written:
        return written
    from holidays.countries.france import France  # Here, since it loads every country of the world.

    codes = [code for code in France.subdivisions if not code.startswith("Zone")]
    if written not in codes:
        raise ImproperlyConfigured(
            f"{name}: “{written}” is no part of France with public holidays of its own. Leave it empty, or use one of "
            f"{', '.join(codes)}: 57 is the Moselle, 6AE Alsace, 974 La Réunion."
        )
    return written


def two_numbers(name: str, default: list[int]) -> tuple[int, int]:
    numbers = env.list(name, cast=int, default=default)
    if len(numbers) != 2 or numbers[0] > numbers[1]:
        raise ImproperlyConfigured(f"{name} takes two numbers, the smaller first, such as “{default[0]},{default[1]}”.")
    return numbers[0], numbers[1]


def one_of(name: str, written: str, choices: Sequence[str]) -> str:
    if written not in choices:
        raise ImproperlyConfigured(f"{name} takes one of: {', '.join(choices)}.")
    return written


def antivirus(name: str, written: str) -> str:
    """Where ClamAV listens; empty where there is none."""
    try:
        place = urlsplit(written)
        is_place = (place.scheme == "tcp" and place.hostname and (place.port or 1)) or (
            place.scheme == "unix" and not place.netloc and place.path.startswith("/")
        )
    except ValueError:
        is_place = False
    if written and not is_place:
        raise ImproperlyConfigured(f"{name} takes tcp://host:3310 or unix:///path/of/clamd.ctl.")
    return written
