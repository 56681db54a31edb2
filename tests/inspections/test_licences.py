"""On what terms the site stands on the work of others; a licence nobody has thought about is refused."""

import pytest

from inspections.licences import ALLOWED, ALLOWED_FOR_TOOLS, PAGE, licences_in, licences_of, page, pinned


def test_the_page_lists_what_is_installed() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Type `make licences`, and look at what it changed."


@pytest.mark.parametrize(
    ("file", "allowed"), [("requirements.txt", ALLOWED), ("requirements-dev.txt", ALLOWED_FOR_TOOLS)]
)
def test_each_licence_is_an_allowed_one(file: str, allowed: frozenset[str]) -> None:
    found = licences_of(pinned(file))

    assert len(found) > 50
    assert {name: licences for name, licences in found.items() if not licences <= allowed} == {}


@pytest.mark.parametrize("said", ["UNKNOWN", "Other/Proprietary License", "AGPL-3.0-only", "MIT License; UNKNOWN"])
def test_a_licence_nobody_has_thought_about_is_none_of_them(said: str) -> None:
    assert not licences_in(said) <= ALLOWED_FOR_TOOLS
