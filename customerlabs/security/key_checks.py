"""What keeps the site from starting: a key that is missing, weak, known, used twice, or open to others (P7.1).

Only the newest key of a ring must be strong: an older one can't be mended any more, and what it made must still be
found. No message quotes a key.
"""

import math
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from privacy.continuity.age import recipient, recovery_key_file
from privacy.continuity.refusal import Refused
from privacy.rings import RINGS, ring

SHORTEST = 32
"""Characters."""
LEAST_BITS = 100
"""Of a key, were each character drawn as often as it occurs in it. 32 random hexadecimal digits have some 110."""
KNOWN = ("django-insecure", "changeme", "change-me", "change_me", "example", "insecure", "password", "secret")
"""Found in the defaults of other programs, in manuals and in haste; random characters don't spell them."""
IN_FILES = (*RINGS, "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
"""Settings that hold a secret, each of which may be read from a file."""
A_GOOD_ONE = "A good one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."


@register(Tags.security)
def keys_are_strong(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    return [
        Error(f"The first key of {name} {fault}.", hint=f"Put a new one before it. {A_GOOD_ONE}", id=number)
        for name in RINGS
        for number, fault in _faults(ring(name)[0])
    ]


def _faults(key: str) -> Iterator[tuple[str, str]]:
    if len(key) < SHORTEST:
        yield "customerlabs.E021", f"is too short: {len(key)} characters, and not {SHORTEST} or more"
    elif bits(key) < LEAST_BITS:
        yield "customerlabs.E022", "can be guessed: the same few characters come again and again"
    if any(word in key.lower() for word in KNOWN):
        yield "customerlabs.E023", "is no secret: it holds a word that stands in examples and defaults"


def bits(key: str) -> float:
    """Of Shannon's entropy, by how often each character occurs in what the key repeats, which is all of a good one."""
    unit = key[: next(length for length in range(1, len(key) + 1) if key.startswith(key[length:]))]
    return -sum(times * math.log2(times / len(unit)) for times in Counter(unit).values())


@register(Tags.security)
def keys_have_one_use(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A key that leaked through one use must open nothing else."""
    places: dict[str, list[str]] = {}
    for name in RINGS:
        for key in ring(name):
            places.setdefault(key, []).append(name)
    return [
        Error(
            f"One key stands {len(names)} times: in {', '.join(sorted(set(names)))}.",
            hint=f"Each key has one use. {A_GOOD_ONE}",
            id="customerlabs.E024",
        )
        for names in places.values()
        if len(names) > 1
    ]


@register(Tags.security)
def keys_are_nobody_elses_to_read(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Every account of this machine may read or change {path}, which holds a secret.",
            hint=f"chmod o= {path}",
            id="customerlabs.E025",
        )
        for path in secret_files()
        if _is_open_to_others(path)
    ]


def secret_files() -> list[Path]:
    """Those that settings are read from, named in the environment or made under VAR_DIR; and the recovery key."""
    named = [Path(os.environ[f"{name}_FILE"]) for name in IN_FILES if os.environ.get(f"{name}_FILE")]
    folder: Path = settings.PLACES.secrets
    made = sorted(folder.iterdir()) if folder.is_dir() else []
    return [*named, *made, recovery_key_file()]


def _is_open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IRWXO)
    except FileNotFoundError:  # A draft that another process has just put in its place.
        return False


@register(Tags.security)
def backups_can_be_encrypted(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """The first start of the embedded path makes that key; with a database of one's own it is the operator's."""
    if settings.EMBEDDED_DATABASE and not settings.BACKUP_RECIPIENT:
        return []
    try:
        recipient()
    except Refused as refusal:
        return [Error(str(refusal), id="customerlabs.E026")]
    return []
