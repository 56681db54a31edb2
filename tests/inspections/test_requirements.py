"""Each package is pinned to the very files that were tried, wherever they are fetched from."""

import re
import subprocess
from pathlib import Path

import pytest

from inspections.licences import pinned

ROOT = Path(__file__).resolve().parents[2]
each_file = pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
PINNED = re.compile(
    r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[0-9][\w.!+-]*( ; [^;\\#]+)?( --hash=sha256:[0-9a-f]{64})+( # .*)?"
)


def requirements(name: str) -> list[str]:
    """One line each, without comments of their own."""
    joined = (ROOT / name).read_text(encoding="utf-8").replace(" \\\n", " ")
    lines = [re.sub(r"\s+", " ", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@each_file
def test_every_package_is_pinned_with_the_hashes_of_its_files(name: str) -> None:
    lines = requirements(name)

    assert len(lines) > 50
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    assert len(pinned(name)) == len(lines)


@each_file
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links|--trusted-host|(?:^|\s)-[if]\s| @ ", text) == []


@pytest.mark.parametrize(
    "line",
    [
        "celery==5.7.0",
        "celery>=5 --hash=sha256:" + "a" * 64,
        "celery @ git+https://forge.example/celery",
        "-e ./celery",
        "celery==5.7.0 --hash=md5:" + "a" * 32,
    ],
)
def test_what_is_no_pin_is_seen(line: str) -> None:
    assert not PINNED.fullmatch(line)


def test_what_is_typed_by_hand_stands_in_what_is_pinned() -> None:
    for name in ("requirements", "requirements-dev"):
        typed = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / f"{name}.in").read_text(encoding="utf-8"), re.MULTILINE)
        assert {found.lower() for found in typed} <= pinned(f"{name}.txt")


def test_the_installer_insists_on_the_hashes() -> None:
    assert "--require-hashes" in (ROOT / "install.py").read_text(encoding="utf-8")


def test_the_inspections_are_part_of_what_is_typed() -> None:
    said = subprocess.run(
        ["make", "--dry-run", "lint", "audit", "licences"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for inspection in ("leaks", "advisories", "licences"):
        assert f"-m inspections.{inspection}" in said
