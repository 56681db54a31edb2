"""A string from one look at the system's randomness is as random as Django's."""

import pytest
from django.middleware import csrf
from django.utils.crypto import RANDOM_STRING_CHARS

from customerlabs.security import randomness
from customerlabs.security.randomness import random_string


@pytest.mark.parametrize("length", [1, 32, 500])
def test_it_has_the_length_and_the_letters_that_were_asked_for(length: int) -> None:
    for letters in ("ab", RANDOM_STRING_CHARS):
        made = random_string(length, letters)

        assert len(made) == length
        assert set(made) <= set(letters)
    assert random_string(32) != random_string(32)


def test_each_letter_stands_for_as_many_bytes_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness, "token_bytes", lambda number: bytes(range(256)))

    made = random_string(4 * 62)

    assert [made.count(letter) for letter in RANDOM_STRING_CHARS] == [4] * 62


def test_tokens_of_forms_are_made_so() -> None:
    assert vars(csrf)["get_random_string"] is random_string
