"""One person is one key, however they write their address; two persons are never one."""

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from privacy.subjects import SUBJECT_KEY_LENGTH, normalise, subject_key, subject_keys

DECOMPOSED = unicodedata.normalize("NFD", "zoé@example.com")


@pytest.mark.parametrize(
    "written",
    [
        "zoé@example.com",
        "  zoé@example.com\n",
        "ZOÉ@Example.COM",
        DECOMPOSED,
        "zoé＠example．com",
    ],
)
def test_one_address_has_one_form(written: str) -> None:
    assert normalise(written) == "zoé@example.com"


def test_letters_that_only_look_joined_are_taken_apart() -> None:
    assert normalise("\ufb01n@example.com") == "fin@example.com"


@pytest.mark.parametrize("written", ["ana@münchen.example", "ana@MÜNCHEN.example", "ana@xn--mnchen-3ya.example"])
def test_an_international_domain_is_matched_in_ascii(written: str) -> None:
    assert normalise(written) == "ana@xn--mnchen-3ya.example"


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@straße.example", "ana@strasse.example"),
        ("strauß@example.com", "strauss@example.com"),
        ("ana@example.com", "ana@example.org"),
        ("ana@example.com", "a.na@example.com"),
        ("ana@example.com", "ana+shop@example.com"),
    ],
)
def test_two_persons_are_not_taken_for_one(one: str, other: str) -> None:
    assert subject_key(one) != subject_key(other)


@given(st.one_of(st.text(), st.builds("{}@{}.{}".format, st.text(), st.text(), st.text())))
@example("İ@İ.example")
@example("\u0345\u0399@ΑΣ")
@example("@")
@hypothesis(max_examples=300)
def test_normalising_twice_changes_nothing(written: str) -> None:
    once = normalise(written)

    assert normalise(once) == once
    assert once.rpartition("@")[2].isascii()


def test_a_key_says_nothing_of_the_address_and_fits_its_column() -> None:
    key = subject_key("zoe@example.com")

    assert len(key) == SUBJECT_KEY_LENGTH
    assert "zoe" not in key


def test_new_rows_take_the_newest_secret_and_look_ups_try_all(settings: Any) -> None:
    settings.SUBJECT_KEYS = ["old"]
    before = subject_key("zoe@example.com")

    settings.SUBJECT_KEYS = ["new", "old"]

    assert subject_key("zoe@example.com") != before
    assert subject_keys("ZOE@example.com") == [subject_key("zoe@example.com"), before]
