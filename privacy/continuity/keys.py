"""The keys of the site in one file, for the day on which its machine is gone.

The file is encrypted for the operator's own key. So one secret, kept apart, opens the keys and the backups, and neither
is of use without it. It is an ordinary age file of NAME=value lines: `age -d -i recovery-key.txt keys.age` reads it.
"""

import io
from collections.abc import Mapping
from pathlib import Path

from pyrage.x25519 import Identity

from privacy.continuity.age import decrypt, encrypt, recipient
from privacy.continuity.refusal import Refused
from privacy.rings import RINGS, ring

RECIPIENT = "BACKUP_RECIPIENT"
LARGEST = 1 << 20
"""Bytes. Some keys take less than a kilobyte."""


def exported() -> bytes:
    """Every key of this site, encrypted. Raises Refused when there is no key to encrypt for."""
    key = recipient()
    lines = [f"{name}={','.join(ring(name))}\n" for name in RINGS]
    sealed = io.BytesIO()
    encrypt(io.BytesIO("".join([*lines, f"{RECIPIENT}={key}\n"]).encode()), sealed, [key])
    return sealed.getvalue()


def imported(path: Path, identities: list[Identity]) -> Mapping[str, str]:
    """The keys in an exported file, by name. Raises Refused."""
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(f"{path} is too large to be the file of keys. Is it a backup? That one is for `restore`.")
        with path.open("rb") as file:
            opened = io.BytesIO()
            decrypt(file, opened, identities, name=str(path))
    except OSError as error:
        raise Refused(f"{path} can’t be read ({error.strerror}). Give the path of the file of keys.") from None
    try:
        found = dict(line.split("=", 1) for line in opened.getvalue().decode().splitlines())
    except ValueError:
        found = {}
    if set(found) != {*RINGS, RECIPIENT}:
        raise Refused(f"{path} holds no keys of a site. Give the file that `manage.py export_keys` wrote.")
    return found
