"""The settings, as `check --deploy` sees them, and the keys."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from customerlabs.doctor.frame import Diagnosis, ok, warning, wrong
from customerlabs.security.key_checks import secret_files
from privacy.continuity.age import recovery_key_file
from privacy.rings import RINGS, ring

KEYS = ("customerlabs.E02", "privacy.W001", "security.W009")
"""Beginnings of the ids of messages about keys."""
OF_HTTPS = ("security.W004", "security.W008", "security.W012", "security.W016")
"""Django's warnings that say one thing: the site is on http."""


def configuration() -> Iterator[Diagnosis]:
    """A site on http is being tried: what it lacks for the public is then a warning."""
    found = [message for message in _messages() if not str(message.id).startswith(KEYS)]
    if not settings.HTTPS:
        found = [message for message in found if message.id not in OF_HTTPS]
        yield warning("the site is on http: fine for trying", "Set SITE_URL=https://… before it is public.")
    at_once = [str(message.id) for message in checks.run_checks()]
    for message in found:
        yield _diagnosis(message, serious=settings.HTTPS or message.id in at_once)
    if not found and settings.HTTPS:
        yield ok("complete, for a site on the public network")


def keys() -> Iterator[Diagnosis]:
    found = [message for message in _messages() if str(message.id).startswith(KEYS)]
    yield from (_diagnosis(message, serious=True) for message in found)
    if not any(message.is_serious() for message in found):
        held = ", ".join(f"{name} {len(ring(name))}" for name in RINGS)
        yield ok(f"strong, each with one use, in {len(secret_files())} files nobody else may read: {held}")
    if settings.EMBEDDED_DATABASE and not recovery_key_file().exists():
        yield ok("the recovery key is not on this machine")


def _messages() -> list[checks.CheckMessage]:
    return checks.run_checks(include_deployment_checks=True)


def _diagnosis(message: checks.CheckMessage, *, serious: bool) -> Diagnosis:
    said = " ".join(str(message.msg).split())
    to_do = " ".join(str(message.hint or "See docs/operating.md and README.md.").split())
    return (wrong if serious and message.is_serious() else warning)(f"{said} ({message.id})", to_do)
