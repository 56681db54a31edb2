"""The register of processors is read strictly: what is wrong is said with the entry and the field."""

from datetime import date

import pytest

from privacy.processors import read_processors

pytestmark = pytest.mark.promise("P4.1")
GOOD = {
    "name": '"Hébergeur"',
    "what_for": '{fr = "héberge", en = "hosts"}',
    "country": '"fr"',
    "contract": "2026-01-15",
    "review": "2027-01-15",
}


def written(**changes: str | None) -> str:
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return "[[processor]]\n" + "\n".join(f"{name} = {value}" for name, value in fields.items())


def test_a_processor_is_read() -> None:
    (processor,) = read_processors(written())

    assert (processor.name, processor.country, processor.contract) == ("Hébergeur", "FR", date(2026, 1, 15))
    assert not processor.is_transfer
    assert processor.serves("anything")


def test_one_that_serves_some_activities_serves_no_other() -> None:
    (processor,) = read_processors(written(activities='["contact"]'))

    assert processor.serves("contact")
    assert not processor.serves("news")


def test_no_register_is_no_processor() -> None:
    assert read_processors("") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not TOML"),
        ('[other]\na = "b"', "something else"),
        ('processor = "x"', "something else"),
        (written(nom='"x"'), "processor 1: “nom” is not a field"),
        (written(name=None), "“name” is missing"),
        (written(name='" "'), "“name” is missing"),
        (written(country=None), "“country” is missing"),
        (written(country='"France"'), "two letters"),
        (written(contract=None), "“contract” is a date"),
        (written(contract='"2026-01-15"'), "“contract” is a date"),
        (written(review="2026-01-15T10:00:00"), "“review” is a date"),
        (written(what_for=None), "“what_for” is a text in each language"),
        (written(what_for='{fr = "héberge"}'), "“what_for” is a text in each language"),
        (written(what_for='"héberge"'), "“what_for” is a text in each language"),
        (written(sub_processors='"x"'), "“sub_processors” is a list"),
        (written(activities="[1]"), "“activities” is a list"),
        (written(country='"US"'), "Outside the European Economic Area"),
        (written(safeguards='{fr = "clauses"}'), "“safeguards” is a text in each language"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_processors(text)
