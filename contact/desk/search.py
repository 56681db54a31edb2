"""Finding requests by name, address or word, however many there are.

`contact_searchable` is a function of ours in the database (migration 0002): without accents, in lower case, letters of
other scripts spelt in ASCII, since trigrams see nothing else where the database's ctype is C. An index holds the
trigrams of each request that is not anonymised.
"""

import re
import unicodedata

from django.db.models import Func, QuerySet, TextField, Value

from contact.models import ContactRequest
from privacy.subjects import subject_keys

ADDRESS = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
MOST_WORDS = 8
"""More of them find nothing else."""
TRIGRAM = 3
LAST_LATIN = "\u024f"


class Searchable(Func):
    function = "contact_searchable"
    output_field = TextField()


def find(requests: QuerySet[ContactRequest], words: str) -> QuerySet[ContactRequest]:
    """The requests in which each of these words stands, in any case and with any accents.

    A whole address finds by subject key all that its owner sent, and nothing else. One or two letters find the words
    that begin with them.
    """
    if ADDRESS.fullmatch(words):
        return requests.filter(subject_key__in=subject_keys(words))
    sought = [word for word in words.split() if _says_something(word)][:MOST_WORDS]
    if not sought:
        return requests.none()
    requests = requests.filter(is_anonymised=False).alias(
        searchable=Searchable("first_name", "last_name", "email", "message")
    )
    for word in sought:
        # A space before it is the trigram that two letters alone don't make.
        requests = requests.filter(searchable__contains=Searchable(Value(f" {word}" if _is_short(word) else word)))
    return requests


def _says_something(word: str) -> bool:
    """Whether an index can help: a letter, a digit, or anything beyond ASCII."""
    return any(character.isalnum() or not character.isascii() for character in word)


def _is_short(word: str) -> bool:
    if max(word) > LAST_LATIN:
        return False
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return max(map(len, re.findall(r"[0-9A-Za-z]+", plain)), default=0) < TRIGRAM
