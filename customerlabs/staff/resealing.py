"""The secrets of factors, sealed under FILE_KEYS for years: they follow to a newer key, and say which they need."""

from collections.abc import Iterator, Mapping

from allauth.mfa.models import Authenticator
from django.db import transaction

from privacy.rekeying import record_moved
from privacy.rings import ring
from privacy.sealing import fernet_of, opens, seal_again

FACTORS = "factors"
"""The use their key is made for: what opens papers opens none of these."""
SEALED = ("secret", "seed")
"""Where an authenticator's data holds something sealed."""


def move_factors() -> int:
    """Seal each secret again under the newest key. Returns how many. Raises CannotUnseal. Run twice, it is as good."""
    moved = 0
    try:
        for number in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                factor = Authenticator.objects.select_for_update().filter(pk=number).first()
                names = list(_names(factor))
                for name in names:
                    factor.data[name] = seal_again(factor.data[name].encode(), FACTORS).decode("ascii")
                if names:
                    factor.save(update_fields=["data"])
            moved += len(names)
    finally:
        record_moved("FILE_KEYS", {Authenticator: moved})
    return moved


def factors_by_key() -> Mapping[str, int]:
    """How many secrets each key of FILE_KEYS opens."""
    keys = {key: fernet_of(key, FACTORS) for key in ring("FILE_KEYS")}
    found = dict.fromkeys(keys, 0)
    for factor in Authenticator.objects.all():
        for name in _names(factor):
            opened_by = [key for key, fernet in keys.items() if opens(fernet, factor.data[name].encode())]
            for key in opened_by[:1]:
                found[key] += 1
    return found


def _names(factor: Authenticator | None) -> Iterator[str]:
    return (name for name in SEALED if factor is not None and name in factor.data)
