"""Ed25519 signatures of receipts: under settings.RECEIPT_KEYS, newest first, and verified by anybody.

What is signed is the JSON of the receipt, keys sorted, no space between, UTF-8. Old keys stay in the ring, so that what
they signed can still be verified.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ALGORITHM = "Ed25519"


class NotAReceipt(Exception):
    """It has not the form of a signed receipt."""


class UnknownKey(Exception):
    """It names a key that is not, or no longer, this site's."""


class Altered(Exception):
    """It is not what was signed."""


def sign(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt with its signature and the name of the key."""
    private = _private(settings.RECEIPT_KEYS[0])
    signature = private.sign(canonical(receipt))
    return {
        "receipt": receipt,
        "algorithm": ALGORITHM,
        "key": key_name(private.public_key()),
        "signature": base64.b64encode(signature).decode("ascii"),
    }


def verify(document: Any) -> dict[str, Any]:
    """The receipt of a document that this site has signed. Raises NotAReceipt, UnknownKey, Altered."""
    if not isinstance(document, dict) or not isinstance(document.get("receipt"), dict):
        raise NotAReceipt
    if document.get("algorithm") != ALGORITHM or not all(
        isinstance(document.get(name), str) for name in ("key", "signature")
    ):
        raise NotAReceipt
    public = public_keys().get(document["key"])
    if public is None:
        raise UnknownKey
    try:
        signature = base64.b64decode(document["signature"], validate=True)
        public.verify(signature, canonical(document["receipt"]))
    except (ValueError, InvalidSignature):
        raise Altered from None
    receipt: dict[str, Any] = document["receipt"]
    return receipt


def public_keys() -> dict[str, Ed25519PublicKey]:
    """By name, the one that signs now first."""
    keys = [public_key(secret) for secret in settings.RECEIPT_KEYS]
    return {key_name(key): key for key in keys}


def public_key(secret: str) -> Ed25519PublicKey:
    return _private(secret).public_key()


def canonical(receipt: dict[str, Any]) -> bytes:
    return json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_name(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(raw(key)).hexdigest()[:16]


def raw(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of RFC 8032."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"privacy.receipts:" + secret.encode()).digest())
