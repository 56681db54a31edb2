"""A reference that can be read out on the telephone: eight characters, none that is taken for another."""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 9
"""Characters, the hyphen in the middle included. 30^8 references: nobody finds one by trying."""


def new_reference() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def as_typed(words: str) -> str:
    """What somebody typed as a reference, in its usual form: `k7qm 3xrt` is `K7QM-3XRT`. Empty for what is none."""
    letters = re.sub(r"[\s\-–—.]", "", words.upper())
    if len(letters) != 8 or set(letters) - set(ALPHABET):
        return ""
    return f"{letters[:4]}-{letters[4:]}"
