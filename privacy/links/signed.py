"""Links that stay good as long as what they end: unsubscribing must work from the oldest mail (P5.6)."""

from django.core import signing


def sign(purpose: str, record_id: int) -> str:
    """A token that names one record for one purpose. It says nothing about the person."""
    return signing.Signer(salt=f"privacy.links.{purpose}").sign_object(record_id)


def unsign(purpose: str, token: str) -> int | None:
    """The record's number, or None for a token that was not made here, or was made for something else."""
    try:
        record_id = signing.Signer(salt=f"privacy.links.{purpose}").unsign_object(token)
    except signing.BadSignature:
        return None
    return record_id if isinstance(record_id, int) else None
