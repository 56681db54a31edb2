"""Django's random strings from one look at the system's randomness, instead of one for each letter.

Each look lets go of the interpreter, and the threads of a web process then wait for one another: the two strings of a
form took longer than the rest of its page. As random as before: a byte beyond the last whole round is thrown away.
"""

from functools import lru_cache
from secrets import token_bytes

from django.middleware import csrf
from django.utils.crypto import RANDOM_STRING_CHARS


def random_string(length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    """As Django's `get_random_string`, for 256 characters at most, all of them ASCII."""
    letters, beyond = _read_as(allowed_chars)
    found = b""
    while len(found) < length:
        found += token_bytes(2 * length).translate(letters, beyond)
    return found[:length].decode()


@lru_cache(maxsize=8)
def _read_as(characters: str) -> tuple[bytes, bytes]:
    """The letter that each byte stands for, and the bytes that stand for none."""
    even = 256 - 256 % len(characters)
    letters = "".join(characters[byte % len(characters)] for byte in range(256))
    return letters.encode("ascii"), bytes(range(even, 256))


def use_for_forms() -> None:
    """Tokens of forms are made so from now on."""
    vars(csrf)["get_random_string"] = random_string
