"""The keys of the site: rings, newest first, each with one use. docs/operating.md says what each protects.

What SECRET_KEY signs and seals is kept apart by a name: each of CONTEXTS gives a key of its own, so that what was made
for one is nothing to another.
"""

import hashlib

from django.conf import settings

RINGS = ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS")
CONTEXTS = {
    "privacy.links": "links that live as long as a consent",
    "privacy.submission": "the number and the age of a form",
    "privacy.search": "what staff search, sealed in the address of the page",
    "privacy.limits": "the hash under which a limit counts",
}
"""Of SECRET_KEY, beside Django’s own and allauth’s: sessions, links for a new password, steps of signing in."""


def ring(name: str) -> list[str]:
    """The keys of one ring, newest first."""
    if name == "SECRET_KEY":
        return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return list(getattr(settings, name))


def fingerprint(key: str) -> str:
    """16 characters that tell keys apart, and are of no use to whoever reads them."""
    return hashlib.sha256(b"privacy.continuity:" + key.encode()).hexdigest()[:16]
