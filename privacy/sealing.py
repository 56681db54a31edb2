"""Files encrypted at rest: identity papers, and results waiting to be fetched (P7.1).

Fernet (AES-128-CBC with HMAC-SHA256) under settings.FILE_KEYS, a ring of its own, newest first. What is sealed lives
for days, so an old key may leave the ring once that time has passed; `manage.py keys --move` seals it again at once.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

CHUNK = 1 << 20
"""Bytes sealed at a time, at most: a file is a row of chunks, so that memory stays small."""


class CannotUnseal(Exception):
    """No key in the ring opens this, or it was altered."""


def seal(data: bytes, use: str = "") -> bytes:
    """What is no file names its `use`, which has a key of its own. Raises ValueError for more than CHUNK bytes."""
    if len(data) > CHUNK:
        raise ValueError("Seal a chunk at a time.")
    return _ring(use).encrypt(data)


def unseal(sealed: bytes, use: str = "") -> bytes:
    """Raises CannotUnseal."""
    try:
        return _ring(use).decrypt(bytes(sealed))
    except InvalidToken:
        raise CannotUnseal from None


def seal_again(sealed: bytes, use: str = "") -> bytes:
    """The same under the newest key. Raises CannotUnseal."""
    try:
        return _ring(use).rotate(bytes(sealed))
    except InvalidToken:
        raise CannotUnseal from None


def opens(fernet: Fernet, sealed: bytes) -> bool:
    """Whether this key is the one that sealed it."""
    try:
        fernet.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def fernet_of(secret: str, use: str = "") -> Fernet:
    return Fernet(_key(secret, use))


def _ring(use: str) -> MultiFernet:
    return MultiFernet([fernet_of(secret, use) for secret in settings.FILE_KEYS])


def _key(secret: str, use: str) -> bytes:
    """32 bytes of whatever length of secret, for this use alone."""
    context = f"privacy.sealing.{use}:" if use else "privacy.sealing:"
    return base64.urlsafe_b64encode(hashlib.sha256(context.encode() + secret.encode()).digest())
