"""Django's random strings from one look at the system's randomness, instead of one for each letter.

Each look lets go of the interpreter, and the threads of a web process then wait for one another: the two strings of a
form took longer than the rest of its page. As random as before: a byte beyond the last whole round is thrown away.
"""

from secrets import token_bytes

from django.middleware import csrf
from django.utils.crypto import RANDOM_STRING_CHARS


def random_string(length: int, allowed_chars: str = RANDOM_STRING_CHARS) -> str:
    """As Django's `get_random_string`, for 256 characters at most."""
    even = 256 - 256 % len(allowed_chars)
    found: list[str] = []
    while len(found) < length:
        found += [allowed_chars[byte % len(allowed_chars)] for byte in token_bytes(2 * length) if byte < even]
    return "".join(found[:length])


def use_for_forms() -> None:
    """Tokens of forms are made so from now on."""
    vars(csrf)["get_random_string"] = random_string
