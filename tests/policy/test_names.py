"""What the policy and the record call each table and column: by words of the reader's language, whoever made it."""

import pytest
from django.utils.translation import override

from privacy.record.contents import activities, held_for

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.0")]
THE_SAME = {"Sessions", "Prospects", "Exports", "message", "date", "SHA-256", "table"}
"""In French and in English."""


def names(language: str) -> list[str]:
    with override(language):
        held = [one for activity in activities() for one in held_for(activity)]
        return [word for one in held for word in (one.what, *one.columns)]


def test_each_table_and_each_column_has_a_name_in_both_languages() -> None:
    french, english = names("fr"), names("en")

    assert {name for name, other in zip(french, english, strict=True) if name == other} <= THE_SAME
    assert [name for name in french if "'" in name] == []
