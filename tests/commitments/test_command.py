"""What is read of the commitments on a terminal."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from privacy.commitments import frame
from tests.commitments.test_pages import JSON, late_letter

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.5")]


def test_the_command_prints_an_aligned_line_for_each(morning: datetime) -> None:
    out = StringIO()

    call_command("check_commitments", stdout=out)

    *lines, last = out.getvalue().splitlines()
    assert last == f"All {len(lines)} commitments are kept."
    assert len(lines) == len(frame.all_commitments())
    assert {line[:2] for line in lines} == {"✓ "}
    assert len({line.index(name) for line, name in zip(lines, names(lines), strict=True)}) == 1
    assert "\x1b" not in out.getvalue()


def names(lines: list[str]) -> list[str]:
    return [line.split()[3] for line in lines]


def test_the_command_fails_when_one_is_not_kept(morning: datetime) -> None:
    late_letter()
    out = StringIO()

    with pytest.raises(CommandError, match=r"^1 of \d+ not kept: letters-leave\.$") as failure:
        call_command("check_commitments", stdout=out)

    assert failure.value.returncode == 1
    assert any(line.startswith("✗ Not kept") and "1 letter late" in line for line in out.getvalue().splitlines())


def test_colours_are_for_those_who_see_them(morning: datetime) -> None:
    """Django asks the terminal; --no-color and --force-color say otherwise."""
    out = StringIO()

    call_command("check_commitments", stdout=out, force_color=True)

    assert "\x1b[" in out.getvalue()


def test_the_command_prints_what_the_twin_says(client: Client, morning: datetime) -> None:
    out = StringIO()

    call_command("check_commitments", "--json", stdout=out)

    assert json.loads(out.getvalue()) == client.get(JSON).json()


def test_the_command_says_nothing_when_asked_for_nothing(morning: datetime) -> None:
    out = StringIO()

    call_command("check_commitments", verbosity=0, stdout=out)

    assert out.getvalue() == ""
