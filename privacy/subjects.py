"""One e-mail address, normalised, to one subject key: the same person is found in every table without their address.

The key is an HMAC-SHA256 under a ring of secrets of its own (settings.SUBJECT_KEYS, newest first): new rows take the
first, look-ups try them all, since a row that holds nothing but a key can't be given a new one.
"""

import hashlib
import hmac
import unicodedata

from django.conf import settings

KEY_NAME_LENGTH = 8
SUBJECT_KEY_LENGTH = KEY_NAME_LENGTH + 1 + 64
"""Characters: which secret, a colon, the digest in hexadecimal."""


def normalise(address: str) -> str:
    """The form of an address that matching uses: no surrounding space, Unicode NFKC, lower case, domain in ASCII.

    Lower case rather than case folding, and punycode rather than IDNA 2003: those take straße.de for strasse.de, and
    would show one person what is held about another. What was typed is kept elsewhere, for writing to.
    """
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).lower()).strip()
    local, _, domain = lower.rpartition("@")
    return f"{local}@{'.'.join(_ascii(label) for label in domain.split('.'))}"


def _ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def subject_key(address: str) -> str:
    """The key that a new row takes: 73 characters."""
    return _keyed(settings.SUBJECT_KEYS[0], normalise(address))


def subject_keys(address: str) -> list[str]:
    """Every key that a row of this person may carry, the newest first."""
    normalised = normalise(address)
    return [_keyed(secret, normalised) for secret in settings.SUBJECT_KEYS]


def key_name(secret: str) -> str:
    """What a subject key under this secret begins with."""
    return hashlib.sha256(secret.encode()).hexdigest()[:KEY_NAME_LENGTH]


def _keyed(secret: str, normalised: str) -> str:
    return f"{key_name(secret)}:{hmac.new(secret.encode(), normalised.encode(), hashlib.sha256).hexdigest()}"
