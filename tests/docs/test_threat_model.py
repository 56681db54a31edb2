"""Each threat of the model has a countermeasure and a test, and each test it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "threat-model.md"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def threats() -> dict[str, tuple[str, str]]:
    """Each threat, with what stands against it and the cell of its tests."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {threat: (against, tests) for threat, against, tests in rows if threat not in {"threat", "---"}}


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def lines_without_a_test(rows: dict[str, tuple[str, str]]) -> list[str]:
    """What is wrong with the page, line by line."""
    wrong = []
    for threat, (against, tests) in rows.items():
        named = NAMED.findall(tests)
        if not named or NAMED.sub("", tests).strip() or not against.strip():
            wrong.append(f"{threat}: names no test, or more than tests")
        for path, test in named:
            file = ROOT / "tests" / path
            if not file.is_file() or test not in functions_of(file):
                wrong.append(f"{threat}: {path}::{test} is not there")
    return wrong


def test_every_threat_has_a_countermeasure_and_a_test_that_is_there() -> None:
    rows = threats()

    assert len(rows) > 25
    assert lines_without_a_test(rows) == []


@pytest.mark.parametrize(
    "tests",
    ["", "nothing yet", "`docs/test_threat_model.py::test_that_nobody_wrote`", "`nowhere/test_x.py::test_y`"],
)
def test_a_line_without_a_test_is_seen(tests: str) -> None:
    assert lines_without_a_test({"a threat": ("a wall", tests)}) != []


def test_no_line_of_the_page_is_overlooked() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    sections = PAGE.read_text(encoding="utf-8").count("| threat |")

    assert len(lines) - 2 * sections == len(threats())


def test_who_finds_a_weakness_is_told_where_to_write() -> None:
    from django.conf import settings

    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert settings.CONTROLLER.dpo_email in told
    assert "/.well-known/security.txt" in told
    assert "docs/threat-model.md" in told
