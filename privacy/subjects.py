"""One e-mail address, normalised, to one subject key: the same person is found in every table without their address.

The key is an HMAC-SHA256 under a ring of secrets of its own (settings.SUBJECT_KEYS, newest first): new rows take the
first, look-ups try them all, since a row that holds nothing but a key can't be given a new one.
"""

import hashlib
import hmac
import unicodedata
from contextlib import suppress

from django.conf import settings

SUBJECT_KEY_LENGTH = 8 + 1 + 64
"""Characters: which secret, a colon, the digest in hexadecimal."""


def normalise(address: str) -> str:
    """The form of an address that matching uses: no surrounding space, Unicode NFKC, no upper case, IDNA domain.

    What the person typed is kept elsewhere, for writing to.
    """
    local, _, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    with suppress(UnicodeError):  # Not a domain that IDNA 2003 knows: it is matched as it is written.
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"


def subject_key(address: str) -> str:
    """The key that a new row takes: 73 characters."""
    return _keyed(settings.SUBJECT_KEYS[0], normalise(address))


def subject_keys(address: str) -> list[str]:
    """Every key that a row of this person may carry, the newest first."""
    normalised = normalise(address)
    return [_keyed(secret, normalised) for secret in settings.SUBJECT_KEYS]


def _keyed(secret: str, normalised: str) -> str:
    name = hashlib.sha256(secret.encode()).hexdigest()[:8]
    return f"{name}:{hmac.new(secret.encode(), normalised.encode(), hashlib.sha256).hexdigest()}"
